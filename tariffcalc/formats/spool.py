"""Bytes of formats that must be written as a whole file: kept in memory while small, on disk beyond that."""

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

_IN_MEMORY = 8 * 2**20
_BLOCK = 2**18


class Blocks(Iterator[bytes]):
    """The content of a file, block by block; the file is gone after the last one, or when this is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin at the file's beginning."""
        self._file = file
        file.seek(0)

    def __next__(self) -> bytes:
        """Return the next block."""
        block = b"" if self._file.closed else self._file.read(_BLOCK)
        if not block:
            self.close()
            raise StopIteration
        return block

    def close(self) -> None:
        """Drop the file."""
        self._file.close()


def spooled(write: Callable[[Any], None]) -> Blocks:
    """Let ``write`` fill a file, and return what it holds. What ``write`` raises is raised before the first block."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - Blocks closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    return Blocks(file)
