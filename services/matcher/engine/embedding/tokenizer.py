"""Builds the XLM-R unigram tokenizer that multilingual-e5 was trained with."""

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

BOS, PAD, EOS, UNK, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
_WAVE = "～"  # U+FF5E, the sign of Chinese ranges (-40℃～85℃)
# Nmt has just removed this control character from the text, so it can stand for something else.
_STAND_IN = "\x01"


def e5_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """The tokenizer for these (token, log-probability) pairs; it neither cuts nor pads."""
    ids = {piece: i for i, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=ids[UNK], byte_fallback=False))
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        pair=f"{BOS} $A {EOS} {EOS} $B {EOS}",
        special_tokens=[(BOS, ids[BOS]), (EOS, ids[EOS])],
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in (BOS, PAD, EOS, UNK, MASK)])
    return tokenizer


def _normalizer() -> normalizers.Normalizer:
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
