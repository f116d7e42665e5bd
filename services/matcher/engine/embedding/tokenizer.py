"""The XLM-R unigram tokenizer that multilingual-e5 was trained with, and those that lie in files."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

SPECIAL = BOS, PAD, EOS, UNK, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPACE = "▁"  # stands for a blank, and before every text
_WAVE = "～"  # U+FF5E, the sign of Chinese ranges (-40℃～85℃)
# Nmt has just removed this control character from the text, so it can stand for something else.
_STAND_IN = "\x01"


def e5_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """The tokenizer for these (token, log-probability) pairs; it neither cuts nor pads."""
    ids = {piece: i for i, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=ids[UNK], byte_fallback=False))
    tokenizer.normalizer = e5_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        pair=f"{BOS} $A {EOS} {EOS} $B {EOS}",
        special_tokens=[(BOS, ids[BOS]), (EOS, ids[EOS])],
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return tokenizer


class FileTokenizer:
    """The tokenizer that lies beside a model of one's own."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        # One saved after training may cut or pad as it did then.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @property
    def size(self) -> int:
        """How many ids there are."""
        return int(self._tokenizer.get_vocab_size())

    def ids(self, text: str) -> list[int]:
        """Ids of a well-formed text, begin and end marks included, uncut."""
        return list(self._tokenizer.encode(text).ids)


def e5_normalizer() -> normalizers.Normalizer:
    """SentencePiece's nmt_nfkc: NFKC would turn the wave of a range into a plain tilde, SentencePiece keeps it."""
    return normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(_WAVE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _WAVE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
