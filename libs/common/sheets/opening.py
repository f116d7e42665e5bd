"""Opens a file as tables, by what it is rather than by what it is called."""

from common.sheets import delimited
from common.sheets.archive import Archive
from common.sheets.cells import Tables
from common.sheets.refusals import FileLimits, UnreadableFile, too_large

# What reads spreadsheets and documents is imported for the first of them: a start should not wait for it.
KINDS = (".xlsx", ".xls", ".csv", ".docx")
_PACKED, _OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")


def opened(content: bytes, limits: FileLimits) -> Tables:
    """The tables of a file. Reads what is needed to know its sheets; rows are read when they are asked for.

    Raises UnreadableFile, also while rows are read.
    """
    if len(content) > limits.file_bytes:
        raise too_large("The file", "文件", limits.file_bytes)
    if not content.strip():
        raise UnreadableFile("The file is empty", "文件是空的")
    if content.startswith(_PACKED):
        return _packed(content, limits)
    if content.startswith(_OLE):
        return _compound(content, limits)
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")):
        raise _unknown()
    if content.lstrip()[:200].lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise UnreadableFile(
            "The file is a web page under another name; open it in a spreadsheet program and save it as .xlsx",
            "该文件实际是网页格式，请用表格软件打开后另存为 .xlsx",
        )
    return delimited.opened(content, limits)


def _packed(content: bytes, limits: FileLimits) -> Tables:
    names = Archive(content, limits, "Office").names
    if "xl/workbook.xml" in names or any(name.startswith("xl/worksheets/") for name in names):
        from common.sheets import xlsx

        return xlsx.opened(content, limits)
    if "word/document.xml" in names:
        from common.sheets import docx

        return docx.opened(content, limits)
    raise _unknown()


def _compound(content: bytes, limits: FileLimits) -> Tables:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableFile("The file is protected by a password; remove it", "文件有密码保护，请取消密码后上传")
    if "WordDocument".encode("utf-16-le") in content:
        raise UnreadableFile("Old Word files (.doc) are not read; save it as .docx", "不支持 .doc 格式，请另存为 .docx")
    from common.sheets import xls

    return xls.opened(content, limits)


def _unknown() -> UnreadableFile:
    return UnreadableFile(f"Send one of {', '.join(KINDS)}", f"请上传 {'、'.join(KINDS)} 文件")
