"""Bytes to text: UTF-8, with or without its mark, and UTF-16 with its mark; anything else is refused with its place."""

import codecs

from tariffcalc.errors import Fault, FlowTableError

_HINT = "save the file as UTF-8 (in Excel: 'CSV UTF-8')"


def decode(data: bytes) -> str:
    """Turn the bytes of a text file into text, line ends as they are.

    Raises ``FlowTableError`` that names the first byte that is no UTF-8, and its line.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif (zero := data.find(b"\0")) >= 0:
        raise _wrong_encoding(data, zero, "no text, or UTF-16 without its mark")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        raise _wrong_encoding(data, error.start + mark, f"not {encoding.removesuffix('-sig').upper()}") from error


def _wrong_encoding(data: bytes, offset: int, what: str) -> FlowTableError:
    line = data.count(b"\n", 0, offset) + 1
    message = f"The file is {what}: byte {offset:,} (0x{data[offset]:02x}), on line {line:,}."
    return FlowTableError.of("CSV", [Fault("wrong-encoding", message, _HINT, row=line)])
