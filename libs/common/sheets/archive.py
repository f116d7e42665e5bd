"""Looks into a packed Office file before anything is read: what it holds, and what it would unpack to."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from common.sheets.refusals import FileLimits, UnreadableFile, broken, too_large

CHUNK = 1 << 18
MEMBERS = 5_000
"""Parts of a file; Office writes some dozens."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACROS = re.compile(r"vbaProject\.bin$|/macrosheets/|/activeX/", re.IGNORECASE)
_LINKS = re.compile(r"/externalLinks?/|/connections\.xml$|/queryTables/", re.IGNORECASE)


class Archive:
    """A packed file held in memory. Every part is counted as it is unpacked, so a false index gains nothing."""

    def __init__(self, content: bytes, limits: FileLimits, kind: str) -> None:
        """Raises UnreadableFile for what is damaged, locked, too large when unpacked, or brings macros or links."""
        self._limits, self._kind, self._left = limits, kind, limits.unpacked_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGED as error:
            raise broken(kind) from error
        self.names = frozenset(self._zip.namelist())
        self._refuse_unwanted()

    def _refuse_unwanted(self) -> None:
        parts = self._zip.infolist()
        if len(parts) > MEMBERS or sum(part.file_size for part in parts) > self._limits.unpacked_bytes:
            raise too_large("The unpacked file", "解压后的文件", self._limits.unpacked_bytes)
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableFile("The file is protected by a password; remove it", "文件有密码保护，请取消密码后上传")
        if any(map(_MACROS.search, self.names)):
            raise UnreadableFile(
                "The file holds macros; save it as a workbook without macros (.xlsx, .docx)",
                "文件含有宏，请另存为不含宏的 .xlsx 或 .docx 文件",
            )
        if any(map(_LINKS.search, self.names)):
            raise UnreadableFile(
                "The file refers to other files or sources; paste such cells as values and save it again",
                "文件含有外部链接或数据连接，请将相关单元格粘贴为数值后另存",
            )

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece. Raises UnreadableFile when it is damaged, too large, or declares entities."""
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise too_large("The unpacked file", "解压后的文件", self._limits.unpacked_bytes)
                    if _DOCTYPE.search(chunk):
                        raise broken(self._kind)
                    yield chunk
        except KeyError as error:
            raise broken(self._kind) from error
        except DAMAGED as error:
            raise broken(self._kind) from error

    def size(self, name: str) -> int:
        """Bytes of a part as its index claims; 0 when there is none."""
        return self._zip.getinfo(name).file_size if name in self.names else 0
