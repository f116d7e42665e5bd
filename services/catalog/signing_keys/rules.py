"""The life of a signing key."""

from enum import StrEnum

from common.contracts.words import SigningKeyState
from common.errors import FieldFault, NotAllowedNow, invalid
from common.lifecycle import Label, Lifecycle, Move

ACTIVE, RETIRED, REVOKED = SigningKeyState.ACTIVE, SigningKeyState.RETIRED, SigningKeyState.REVOKED


class SigningKeyAction(StrEnum):
    RETIRE = "retire"
    REVOKE = "revoke"


class SigningKeyParty(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"


class Verdict(StrEnum):
    """Of a signature. `wrong`: it is not of this document, or by no key of that organisation."""

    VALID = "valid"
    WRONG = "wrong"
    KEY_REVOKED = "key_revoked"


_OWNER, _BOTH = frozenset({SigningKeyParty.OWNER}), frozenset(SigningKeyParty)

LIFE = Lifecycle(
    Label("signing key", "签名密钥"),
    moves=(
        Move(ACTIVE, SigningKeyAction.RETIRE, RETIRED, _OWNER),
        Move(ACTIVE, SigningKeyAction.REVOKE, REVOKED, _BOTH),
        Move(RETIRED, SigningKeyAction.REVOKE, REVOKED, _BOTH),
    ),
    states={ACTIVE: "在用", RETIRED: "已停用", REVOKED: "已吊销"},
    actions={SigningKeyAction.RETIRE: Label("retired", "停用"), SigningKeyAction.REVOKE: Label("revoked", "吊销")},
    parties={
        SigningKeyParty.OWNER: Label("the organisation whose key it is", "密钥所属单位"),
        SigningKeyParty.OPERATOR: Label("an operator", "平台运营者"),
    },
)


def refuse_registered(standing: object | None) -> None:
    """Raises NotAllowedNow for a key that is on record already, whoever registered it."""
    if standing is not None:
        raise NotAllowedNow(
            "This key is registered already; make another with `python -m catalog key`",
            "该公钥已登记，请用 `python -m catalog key` 另行生成",
        )


def no_key() -> Exception:
    return invalid(
        FieldFault(
            "give an Ed25519 public key: 32 bytes in base64url without padding, as `python -m catalog key` prints it",
            "请填写 Ed25519 公钥：32 字节的 base64url（不带填充），即 `python -m catalog key` 的输出",
            pointer="#/x",
        )
    )
