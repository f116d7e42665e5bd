"""The life of an attachment, and which files may be one."""

import re
from enum import StrEnum
from typing import NamedTuple

from common.contracts.words import AttachmentState, DemandState
from common.errors import FieldFault, NotAllowedNow, TooLarge, UnsupportedMediaType, invalid
from common.lifecycle import Label, Lifecycle, Move

ATTACHED, REMOVED = AttachmentState.ATTACHED, AttachmentState.REMOVED


class AttachmentAction(StrEnum):
    REPLACE = "replace"
    DELETE = "delete"
    PUBLISH = "publish"


class AttachmentParty(StrEnum):
    """`publisher` is who publishes the demand."""

    OWNER = "owner"
    PUBLISHER = "publisher"


_OWNER, _PUBLISHER = frozenset({AttachmentParty.OWNER}), frozenset({AttachmentParty.PUBLISHER})

LIFE = Lifecycle(
    Label("attachment", "附件"),
    moves=(
        Move(ATTACHED, AttachmentAction.REPLACE, ATTACHED, _OWNER),
        Move(ATTACHED, AttachmentAction.DELETE, REMOVED, _OWNER),
        Move(ATTACHED, AttachmentAction.PUBLISH, ATTACHED, _PUBLISHER),
        Move(REMOVED, AttachmentAction.REPLACE, ATTACHED, _OWNER),
    ),
    states={ATTACHED: "已上传", REMOVED: "已移除"},
    actions={
        AttachmentAction.REPLACE: Label("replaced", "上传"),
        AttachmentAction.DELETE: Label("removed", "移除"),
        AttachmentAction.PUBLISH: Label("published", "公开"),
    },
    parties={
        AttachmentParty.OWNER: Label("the demand's owner", "需求方"),
        AttachmentParty.PUBLISHER: Label("who publishes the demand", "需求发布人"),
    },
)

MOST = 20
"""Attachments of one demand."""
CHANGEABLE = frozenset({DemandState.DRAFT, DemandState.EDITS_REQUESTED, DemandState.PUBLISHED})
"""States of a demand in which its files change: neither while somebody reviews it, nor after it was answered."""


class FileKind(NamedTuple):
    """`begins` is what every file of the kind begins with; nothing where text is."""

    media_type: str
    endings: tuple[str, ...]
    begins: bytes


_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    FileKind("application/pdf", (".pdf",), b"%PDF-"),
    FileKind(f"{_OFFICE}wordprocessingml.document", (".docx",), _ZIP),
    FileKind(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), _ZIP),
    FileKind(f"{_OFFICE}presentationml.presentation", (".pptx",), _ZIP),
    FileKind("application/msword", (".doc",), _OLE),
    FileKind("application/vnd.ms-excel", (".xls",), _OLE),
    FileKind("application/zip", (".zip",), _ZIP),
    FileKind("image/png", (".png",), b"\x89PNG\r\n\x1a\n"),
    FileKind("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
    FileKind("text/plain", (".txt",), b""),
    FileKind("text/csv", (".csv",), b""),
)
"""What may be attached: a kind is what its name ends in, what it is said to be, and what it begins with, all three."""

_NAME = re.compile(  # no control characters, separators of folders, or characters that are not seen
    r"^[^\x00-\x1f\x7f-\x9f/\\:*?\"<>|\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,150}$"
)


def kind_of(name: str, media_type: str) -> FileKind:
    """Raises InvalidInput for a name that cannot be one, UnsupportedMediaType for a file that cannot be attached."""
    if not _NAME.match(name) or name != name.strip() or name.startswith("."):
        raise invalid(
            FieldFault(
                'give a file name of 1 to 150 characters without / \\ : * ? " < > | and control characters',
                '请填写 1 至 150 个字符的文件名，不含 / \\ : * ? " < > | 和控制字符',
                parameter="name",
            )
        )
    for kind in KINDS:
        if name.lower().endswith(kind.endings):
            if media_type == kind.media_type:
                return kind
            raise UnsupportedMediaType(
                f"{name} is said to be {media_type or 'of no type'}; send it as {kind.media_type}",
                f"{name} 声明的类型为 {media_type or '（未声明）'}，应为 {kind.media_type}",
            )
    endings = ", ".join(ending for kind in KINDS for ending in kind.endings)
    raise UnsupportedMediaType(f"Attach files that end in {endings}", f"附件应为以下格式：{endings}")


def refuse_other_content(kind: FileKind, beginning: bytes) -> None:
    """Raises UnsupportedMediaType for a file that does not begin as its kind does, or that is text with a zero byte."""
    if not beginning.startswith(kind.begins) or (not kind.begins and b"\0" in beginning):
        raise UnsupportedMediaType(
            f"The content is not that of a {kind.endings[0]} file", f"文件内容与 {kind.endings[0]} 格式不符"
        )


def refuse_size(size_bytes: int, limit_bytes: int) -> None:
    """Raises TooLarge, and InvalidInput for nothing at all."""
    if size_bytes > limit_bytes:
        megabytes = limit_bytes / 2**20
        raise TooLarge(
            f"An attachment may have {megabytes:g} MiB at most",
            f"单个附件不能超过 {megabytes:g} MiB",
            headers={"Connection": "close"},
        )
    if not size_bytes:
        raise invalid(FieldFault("send the file's content", "请发送文件内容", pointer="#"))


def refuse_fixed(state: DemandState) -> None:
    """Raises NotAllowedNow unless files of a demand in this state change."""
    if state not in CHANGEABLE:
        raise NotAllowedNow(
            f"The demand is {state}; its files change while it is {', '.join(sorted(CHANGEABLE))}."
            " Replacing a submitted demand makes it a draft again",
            "需求处于草稿、待修改或已发布状态时才能更改附件；已提交的需求修改后会回到草稿状态",
        )


def refuse_more(count: int) -> None:
    if count >= MOST:
        raise NotAllowedNow(f"A demand has {MOST} attachments at most", f"每条需求最多 {MOST} 个附件")
