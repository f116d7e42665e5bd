"""Files that are not read, each with what to do about it, and the limits of those that are."""

from dataclasses import dataclass

from common.errors import Problem

MIB = 2**20


class UnreadableFile(Problem):
    status = 422
    code = "unreadable_file"
    title = "The file cannot be read"
    title_zh = "无法读取文件"


@dataclass(frozen=True)
class FileLimits:
    """What a file may cost. Whatever passes them is refused, so memory stays bounded by them.

    file_bytes      size as it is sent
    unpacked_bytes  size of all parts of a packed file together, as they are unpacked, not as its index claims
    text_bytes      size of the part of an .xlsx that holds the texts of all sheets, which is kept in memory
    rows            rows that are not empty, of one sheet
    columns         columns that are read; further ones are left out
    """

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 256 * MIB
    text_bytes: int = 64 * MIB
    rows: int = 50_000
    columns: int = 256
    sheets: int = 50
    merges: int = 50_000


def too_large(what: str, what_zh: str, limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"{what} is larger than {limit // MIB} MiB; split it into several files",
        f"{what_zh}超过 {limit // MIB} MiB，请拆分为多个文件",
    )


def too_many_sheets(limit: int) -> UnreadableFile:
    return UnreadableFile(f"The file has more than {limit} sheets; split it", f"工作表超过 {limit} 个，请拆分文件")


def too_many_rows(sheet: str, limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"{sheet} has more than {limit} rows; split it into several files",
        f"工作表“{sheet}”超过 {limit} 行，请拆分为多个文件",
    )


def broken(kind: str) -> UnreadableFile:
    return UnreadableFile(
        f"The file is damaged or no {kind}; open it in a spreadsheet program, save it again and send that",
        f"文件已损坏或不是 {kind} 文件，请用表格软件打开后另存再上传",
    )
