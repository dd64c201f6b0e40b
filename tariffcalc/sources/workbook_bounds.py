"""Whether a workbook may be opened: what it unfolds to is counted before a reader trusts it.

A workbook is a zip archive of XML. Three things can be small in the file and huge in memory: an archive's member (a
"zip bomb"), a sheet with two cells far apart (readers fill in what lies between), and one long text that many cells
show. Sizes that the archive states are not believed: each member is inflated piece by piece and measured.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tariffcalc.errors import Fault, FlowTableError
from tariffcalc.sources.bounds import FREE_BYTES, MOST_RATIO, check_size, check_unfolding, current, refuse

KIND = "workbook"
MOST_MEMBERS = 2_000
CELL_BYTES = 48
"""What a reader keeps of a cell, also of one that is not there but lies between two that are."""

_CHUNK, _LONGEST_ROW = 1 << 20, 1 << 24
_HEADER = struct.Struct("<26xHH")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_INDEX = re.compile(rb"v>\s*([0-9]{1,9})\s*<")


@dataclass
class Sheet:
    """The extent of a sheet as far as it has been seen: its last row and column, and the texts that it points to."""

    rows: int = 0
    columns: int = 0
    pointers: list[np.ndarray] = field(default_factory=list)

    def see(self, xml: bytes) -> None:
        """Look at a stretch of XML that begins and ends between rows."""
        parts = _ROW.split(xml)
        self.rows += len(parts) - 1
        places = set(_PLACE.findall(xml))
        self.rows = max(self.rows, *(int(row[:9]) for _, row in places), 0)
        self.columns = max(
            self.columns,
            *(_column(letters) for letters in {letters for letters, _ in places}),
            *(len(_CELL.findall(part)) for part in parts[1:]),
            0,
        )
        self.pointers.append(np.array(_INDEX.findall(xml), dtype=np.int64))
        check_size(KIND, self.rows, self.columns)


def check_workbook(data: bytes) -> None:
    """Refuse a file that is no XLSX workbook, and one that goes beyond the bounds, if any hold now.

    Raises ``FlowTableError`` with code ``unreadable-file`` or ``table-too-large``.
    """
    if current() is None:
        return
    members = _members(data)
    check_size(KIND, unpacked=sum(one.file_size for one in members))
    unpacked, texts, sheets = 0, np.zeros(0, dtype=np.int64), []
    for member in members:
        if _name(member).endswith("sharedstrings.xml"):
            xml = b"".join(_inflated(data, member, unpacked))
            texts = np.array([len(part) for part in _TEXT.split(xml)[1:]], dtype=np.int64)
            unpacked += len(xml)
            continue
        sheet = Sheet()
        unpacked += _look_through(data, member, unpacked, sheet)
        sheets.append(sheet)
        check_unfolding(KIND, len(data), CELL_BYTES * sheet.rows * sheet.columns)
    for sheet in sheets:
        shown = np.concatenate([*sheet.pointers, np.zeros(0, dtype=np.int64)])
        check_size(KIND, unpacked=int(texts[shown[shown < len(texts)]].sum()))


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    """The files of the archive, where it is an XLSX workbook and nothing else that a reader might take it for."""
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable(f"{error}") from error
    names = {_name(member) for member in members}
    if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
        raise _unreadable("it has no xl/workbook.xml")
    if len(members) > MOST_MEMBERS:
        refuse(KIND, f"The workbook has {len(members):,} parts.")
    return members


def _look_through(data: bytes, member: zipfile.ZipInfo, before: int, sheet: Sheet) -> int:
    """Show a member to ``sheet``, cut between rows; return its size."""
    size, rest = 0, b""
    for piece in _inflated(data, member, before):
        size += len(piece)
        rest += piece
        cut = rest.rfind(b"row", 0, len(rest) - 1)
        cut = rest.rfind(b"<", 0, cut) if cut >= 0 else -1
        if cut > 0:
            sheet.see(rest[:cut])
            rest = rest[cut:]
        if len(rest) > _LONGEST_ROW:
            refuse(KIND, "One row of the workbook fills more than 16 MB.")
    sheet.see(rest)
    return size


def _inflated(data: bytes, member: zipfile.ZipInfo, before: int) -> Iterator[bytes]:
    """The content of a member, piece by piece; ``before``: bytes that the members before it had."""
    if not 0 <= member.header_offset <= len(data) - _HEADER.size:
        raise _unreadable(f"its part {member.filename!r} is said to lie outside the file")
    start = member.header_offset + _HEADER.size + sum(_HEADER.unpack_from(data, member.header_offset))
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        check_size(KIND, unpacked=before + len(packed))
        yield packed
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise _unreadable(f"its part {member.filename!r} is packed in a way that workbooks are not")
    unpacker, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while packed and not unpacker.eof:
        try:
            piece = unpacker.decompress(packed, _CHUNK)
        except zlib.error as error:
            raise _unreadable(f"its part {member.filename!r} is damaged") from error
        packed = unpacker.unconsumed_tail
        size += len(piece)
        check_size(KIND, unpacked=before + size)
        if size > max(FREE_BYTES, MOST_RATIO * member.compress_size):
            refuse(KIND, f"A part of the workbook unfolds to more than {MOST_RATIO} times its packed size.")
        yield piece


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").lower().lstrip("/")


def _column(letters: bytes) -> int:
    """``A`` -> 1, ``XFD`` -> 16384; anything longer is far beyond every sheet."""
    number = 0
    for sign in letters[:6].upper():
        number = number * 26 + sign - 64
    return number


def _unreadable(said: str) -> FlowTableError:
    fault = Fault("unreadable-file", f"The file is not a workbook: {said}.", "save it as .xlsx, or as CSV UTF-8")
    return FlowTableError.of(KIND, [fault])
