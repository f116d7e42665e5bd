"""A learned verifier confirms what the rules decide, and whatever it does not confirm is withheld."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from common.contracts.matcher import Outcome
from common.settings import from_environment
from deploy.embedded.sample_data import rows
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.embedding import ModelUnavailable, e5_file, loader
from matcher.engine.verdicts.confirm import LONGEST, confirmed, shipped
from matcher.engine.verdicts.evidence import EvidenceText, read
from matcher.engine.verdicts.judge import Ruling, rule, told
from matcher.engine.verdicts.question import Question
from matcher.engine.verdicts.reasons import Reason
from matcher.engine.verdicts.summary import summary
from matcher.engine.verification import weights
from matcher.engine.verification.claims import MOST_PARAGRAPH, ParagraphClaim, encoded
from matcher.engine.verification.verifier import ClauseVerifier, KnownPieces, load_verifier
from matcher.settings import EngineSettings
from tests.support.verdicts import says

CLAUSE = "箱体残损识别准确率不低于95%"


@pytest.fixture(scope="module")
def verifier() -> ClauseVerifier:
    return load_verifier(from_environment(EngineSettings).platform.cache)


class Sure:
    """Answers every claim alike."""

    version = "sure"

    def __init__(self, *chances: float) -> None:
        self.chances, self.asked = chances, list[ParagraphClaim]()

    def verify(self, asked: Sequence[ParagraphClaim]) -> NDArray[np.float32]:
        self.asked += asked
        return np.array([self.chances] * len(asked), dtype=np.float32)


def ruling(profile: str) -> Ruling:
    return rule(Question(clause_of(CLAUSE)), 0, says(profile), None)


@pytest.mark.parametrize(
    ("profile", "looks"),
    [("箱体残损识别准确率97.6%", Reason.LOOKS_MET), ("箱体残损识别准确率90%", Reason.LOOKS_MISSED)],
)
def test_what_is_not_confirmed_is_withheld_and_still_shown(profile: str, looks: Reason) -> None:
    decided = ruling(profile)
    withheld = confirmed(decided, says(profile), Sure(0.1, 0.1, 0.8))
    assert decided.outcome is not Outcome.INSUFFICIENT_EVIDENCE
    assert (withheld.outcome, withheld.finding.reason) == (Outcome.INSUFFICIENT_EVIDENCE, looks)
    assert withheld.finding.place == decided.finding.place


def test_what_is_confirmed_stays_as_it_is() -> None:
    met, missed = "箱体残损识别准确率97.6%", "箱体残损识别准确率90%"
    assert confirmed(ruling(met), says(met), Sure(0.99, 0, 0.01)) == ruling(met)
    assert confirmed(ruling(missed), says(missed), Sure(0, 0.99, 0.01)) == ruling(missed)


def test_of_a_compared_figure_it_says_whether_it_is_the_right_one_and_code_how_large_it_is() -> None:
    for profile in ("箱体残损识别准确率90%", "箱体残损识别准确率97.6%"):
        for chances in ((0.99, 0, 0.01), (0, 0.99, 0.01), (0.5, 0.4, 0.1)):
            assert confirmed(ruling(profile), says(profile), Sure(*chances)) == ruling(profile)


def test_support_does_not_confirm_that_words_deny() -> None:
    clause, profile = "支持离线部署", "本系统不支持离线部署"
    denied = rule(Question(clause_of(clause)), 0, says(profile), None)
    assert denied.outcome is Outcome.NOT_SATISFIED
    assert confirmed(denied, says(profile), Sure(0.99, 0, 0.01)).outcome is Outcome.INSUFFICIENT_EVIDENCE
    assert confirmed(denied, says(profile), Sure(0, 0.99, 0.01)) == denied


@pytest.mark.parametrize("profile", ["外壳防护等级IP54", "未取得ISO 9001认证"])
def test_a_name_of_a_lower_grade_or_denied_needs_no_verifier(profile: str) -> None:
    clause = "防护等级不低于IP65" if "IP" in profile else "须通过ISO 9001认证"
    missed, sure = rule(Question(clause_of(clause)), 0, says(profile), None), Sure(0, 0, 1)
    assert missed.outcome is Outcome.NOT_SATISFIED
    assert confirmed(missed, says(profile), sure) == missed
    assert sure.asked == []


def test_the_verifier_is_not_asked_about_what_is_open() -> None:
    sure = Sure(0.99, 0, 0.01)
    assert (
        confirmed(ruling("公司成立于2009年"), says("公司成立于2009年"), sure).outcome is Outcome.INSUFFICIENT_EVIDENCE
    )
    assert sure.asked == []


def test_the_same_claim_has_the_same_chances_alone_and_in_company(verifier: ClauseVerifier) -> None:
    claims = [ParagraphClaim(CLAUSE, f"箱体残损识别准确率{figure}%，车辆不停车通过") for figure in (97, 98, 99)]
    together = verifier.verify(claims)
    assert together.shape == (3, 3)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    for claim, chances in zip(claims, together, strict=True):
        assert (load_alone(claim) == chances).all()


def load_alone(claim: ParagraphClaim) -> NDArray[np.float32]:
    fresh = load_verifier(from_environment(EngineSettings).platform.cache)
    return np.asarray(fresh.verify([claim])[0])


def test_it_is_asked_of_the_whole_part_around_the_place() -> None:
    sure = Sure(0.99, 0, 0.01)
    texts = [
        EvidenceText("summary", "本公司做闸口系统。"),
        EvidenceText("items/0/title", "箱体残损识别"),
        EvidenceText("items/0/text", "由三台相机组成。识别准确率97.6%。停车即可查看。"),
        EvidenceText("items/1/text", "另有车牌识别。"),
    ]
    told = read(texts)
    confirmed(rule(Question(clause_of(CLAUSE)), 0, told, None), told, sure)
    whole = "箱体残损识别。由三台相机组成。识别准确率97.6%。停车即可查看。"
    assert sure.asked == [ParagraphClaim(CLAUSE, whole, whole.index("识别准确率"))]


@pytest.mark.parametrize(
    ("profile", "paragraph"),
    [
        ("箱体残损识别；\n识别准确率97.6%\n\n不停车。\n", "箱体残损识别；识别准确率97.6%。不停车。"),
        ("Damage recognition\nAccuracy 97.6%.\nRuns offline", "Damage recognition. Accuracy 97.6%. Runs offline"),
    ],
)
def test_lines_are_asked_about_as_the_sentences_of_one_paragraph(profile: str, paragraph: str) -> None:
    sure, clause = Sure(0.99, 0, 0.01), "准确率不低于95%"
    confirmed(rule(Question(clause_of(clause)), 0, says(profile), None), says(profile), sure)
    assert [claim.paragraph for claim in sure.asked] == [paragraph]
    assert paragraph[sure.asked[0].at :].startswith(("识别准确率", "Accuracy"))


def test_of_a_long_part_it_is_asked_of_the_stretch_around_the_place() -> None:
    sure, padding = Sure(0.99, 0, 0.01), "本公司创立于杭州，服务各地港口。" * 400
    profile = f"{padding}箱体残损识别准确率97.6%。{padding}"
    confirmed(ruling(profile), says(profile), sure)
    claim = sure.asked[0]
    assert len(claim.paragraph) == LONGEST
    assert claim.paragraph[claim.at :].startswith("箱体残损识别准确率97.6%")
    assert claim.at == LONGEST // 2


def kept_tokenizer() -> Tokenizer:
    """Of the tokens that the verifier keeps alone."""
    return weights.VerifierWeights(weights.read(weights.SHIPPED), e5_file.E5File(e5_file.bundled_path())).tokenizer()


def test_texts_are_cut_as_by_a_tokenizer_of_the_kept_tokens_alone() -> None:
    tokenizer = kept_tokenizer()
    pieces = KnownPieces(loader.bundled_tokenizer(), weights.read(weights.SHIPPED).kept)
    texts = [offer["text"] for offer in rows("offers")] + [CLAUSE, "-40℃～85℃ IP67 ＡＢＣ①<s> µm", ""]
    assert [pieces(text) for text in texts] == [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]


@pytest.mark.parametrize("before", [0, 3, 60, 200])
def test_a_long_paragraph_is_read_around_the_place_and_a_short_one_whole(before: int) -> None:
    tokenizer = kept_tokenizer()
    pieces = KnownPieces(loader.bundled_tokenizer(), weights.read(weights.SHIPPED).kept)
    padding, told = "岸桥与场桥共十二台。", "残损识别准确率97.6%。"
    paragraph = padding * before + told + padding * 60
    _, read_ids = encoded(pieces, ParagraphClaim(CLAUSE, paragraph, len(padding) * before))
    whole, short = (tokenizer.encode(text, add_special_tokens=False).ids for text in (paragraph, told))
    assert len(read_ids) == MOST_PARAGRAPH
    assert "准确率97.6%" in tokenizer.decode(read_ids).replace(" ", "")
    assert encoded(pieces, ParagraphClaim(CLAUSE, told, 3))[1] == short
    assert before or read_ids == whole[:MOST_PARAGRAPH]


@pytest.mark.parametrize(
    "profile",
    [
        "计划明年将箱体残损识别准确率提高到97.6%",
        "某竞品厂商宣称箱体残损识别准确率97.6%",
        "该系统的车牌识别准确率为97.6%",
        "闸口系统由三台相机组成。箱体残损识别由操作员目视完成，车牌识别准确率为97.6%。",
    ],
)
def test_a_plan_a_rival_and_another_thing_are_less_to_the_point(verifier: ClauseVerifier, profile: str) -> None:
    own = "闸口系统由三台相机组成。目前在用系统的箱体残损识别准确率为97.6%。车辆不停车通过。"
    sure, other = 1 - verifier.verify([ParagraphClaim(CLAUSE, own), ParagraphClaim(CLAUSE, profile)])[:, 2]
    assert sure > shipped().compared > other


def test_scripts_that_it_never_learnt_tell_nothing(verifier: ClauseVerifier) -> None:
    assert verifier.verify([ParagraphClaim(CLAUSE, "ความแม่นยำในการตรวจจับความเสียหาย")])[0].tolist() == [0, 0, 1]


def test_a_file_that_is_no_verifier_is_refused(tmp_path: Path) -> None:
    (tmp_path / "verifier.npz").write_bytes(b"no archive")
    with pytest.raises(ModelUnavailable):
        weights.read(tmp_path / "verifier.npz")


@pytest.mark.parametrize(
    ("profile", "clauses", "said"),
    [
        ("箱体残损识别准确率97.6%", 1, ("1 项疑似满足", "1 that look met")),
        ("箱体残损识别准确率97.6%", 2, ("1 项疑似满足，1 项证据不足", "1 that look met, 1 without enough evidence")),
        ("箱体残损识别准确率90%", 1, ("1 项证据不足", "1 without enough evidence")),
    ],
)
def test_the_summary_counts_what_looks_met_apart(profile: str, clauses: int, said: tuple[str, str]) -> None:
    evidence = says(profile)
    asked = [Question(clause_of(text)) for text in (CLAUSE, "支持离线部署")][:clauses]
    rulings = [confirmed(rule(one, at, evidence, None), evidence, Sure(0, 0, 1)) for at, one in enumerate(asked)]
    verdicts = [told(one, evidence, "zh") for one in rulings]
    assert (summary(verdicts, "zh"), summary(verdicts, "en")) == said
