"""Bytes to text: UTF-8, with or without its mark, UTF-16 with its mark, else the one-byte signs of Windows.

Windows-1252 is what spreadsheets of Western Europe write as CSV. A file of another code page would have other letters
in its place, but the same digits: only names of countries could suffer, and one that is not known is refused.
"""

import codecs

from tariffcalc.errors import Fault, FlowTableError

_HINT = "save the file as UTF-8 (in Excel: 'CSV UTF-8')"
_WINDOWS = "cp1252"


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Turn the bytes of a text file into text, line ends as they are, and say what a reader must know of it.

    Raises ``FlowTableError`` that names the first byte that is no text, and its line.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _decoded(data, "utf-16")
        if (zero := text.find("\0")) >= 0:
            raise _wrong_encoding(data, min(2 * zero + 2, len(data) - 1), "UTF-32, or no text")
        return text, ()
    if (zero := data.find(b"\0")) >= 0:
        raise _wrong_encoding(data, zero, "no text, or UTF-16 without its mark")
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data, "utf-8-sig"), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _decoded(data, _WINDOWS, "neither UTF-8 nor Windows-1252")
        return text, (f"the file is not UTF-8 (line {line:,}) and was read as Windows-1252: {_HINT}",)


def _decoded(data: bytes, encoding: str, what: str | None = None) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        mark = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
        name = what or f"not {encoding.removesuffix('-sig').upper()}"
        raise _wrong_encoding(data, error.start + mark, name) from error


def _wrong_encoding(data: bytes, offset: int, what: str) -> FlowTableError:
    line = data.count(b"\n", 0, offset) + 1
    message = f"The file is {what}: byte {offset:,} (0x{data[offset]:02x}), on line {line:,}."
    return FlowTableError.of("CSV", [Fault("wrong-encoding", message, _HINT, row=line)])
