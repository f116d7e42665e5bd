"""Looks into a packed Office file before anything is read: what it holds, and what it would unpack to."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from xml.parsers import expat

from common.sheets.refusals import FileLimits, UnreadableFile, broken, too_large

CHUNK = 1 << 18
MEMBERS = 5_000
"""Parts of a file; Office writes some dozens."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
LONGEST_PROLOG = 1 << 20
"""Bytes before the root element of a part; Office writes one line."""
_FIRST = 1 << 12
_MACROS = re.compile(r"vbaProject\.bin$|/macrosheets/|/activeX/", re.IGNORECASE)
_LINKS = re.compile(r"/externalLinks?/|/connections\.xml$|/queryTables/", re.IGNORECASE)


class _Begun(Exception):
    """The root element of a part."""


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
        for name in self.names:
            self._refuse_doctype(name)

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

    def _refuse_doctype(self, name: str) -> None:
        """Raises UnreadableFile for a part with a document type, which alone declares entities, in any encoding. What
        is no XML is left to whoever reads it."""
        parser, read = expat.ParserCreate(), 0
        parser.StartDoctypeDeclHandler = self._found_doctype
        parser.StartElementHandler = _begin
        try:
            with self._zip.open(name) as part, suppress(_Begun, expat.ExpatError):
                while chunk := part.read(_FIRST if read == 0 else CHUNK):
                    parser.Parse(chunk)
                    if (read := read + len(chunk)) > LONGEST_PROLOG:
                        raise broken(self._kind)
        except DAMAGED as error:
            raise broken(self._kind) from error

    def _found_doctype(self, *_: object) -> None:
        raise broken(self._kind)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece. Raises UnreadableFile when it is damaged or too large."""
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise too_large("The unpacked file", "解压后的文件", self._limits.unpacked_bytes)
                    yield chunk
        except KeyError as error:
            raise broken(self._kind) from error
        except DAMAGED as error:
            raise broken(self._kind) from error

    def size(self, name: str) -> int:
        """Bytes of a part as its index claims; 0 when there is none."""
        return self._zip.getinfo(name).file_size if name in self.names else 0


def _begin(*_: object) -> None:
    raise _Begun
