"""Bytes under the digest of their content, in a folder or at any address that fsspec knows."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO

import fsspec  # type: ignore[import-untyped]

from tariffcalc.store.errors import StoreUnavailableError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PART = ".part"


class Blobs:
    """A folder of immutable files, named by the SHA-256 of what they hold.

    A file is written under a name of its own and moved when it is whole: whoever finds one finds all of it.
    """

    def __init__(self, url: str, kind: str) -> None:
        """Keep the address; ``kind`` is the folder in it."""
        self._url, self._kind = url, kind

    def _place(self) -> tuple[Any, str]:
        files, root = fsspec.core.url_to_fs(self._url)
        return files, f"{str(root).rstrip('/')}/{self._kind}"

    def _path(self, root: str, digest: str) -> str:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("not a digest")
        return f"{root}/{digest[:2]}/{digest}.parquet"

    def write(self, digest: str, fill: Callable[[BinaryIO], None]) -> int:
        """Have ``fill`` write the bytes of that digest; return how many they are. Raises ``StoreUnavailableError``.

        A file that is there already is written anew: it is young again, so nobody tidies it away.
        """
        files, root = self._place()
        path = self._path(root, digest)
        part = f"{root}/{secrets.token_hex(8)}{_PART}"
        try:
            files.makedirs(path.rpartition("/")[0], exist_ok=True)
            try:
                with files.open(part, "wb") as file:
                    fill(file)
                    _to_disk(file)
                files.mv(part, path)
            except BaseException:
                with suppress(OSError):
                    files.rm(part)
                raise
            return int(files.size(path))
        except OSError as error:
            raise _unavailable("written") from error

    def read(self, digest: str) -> bytes:
        """The bytes of that digest. Raises ``StoreUnavailableError``."""
        files, root = self._place()
        try:
            data: bytes = files.cat_file(self._path(root, digest))
        except OSError as error:
            raise _unavailable("read") from error
        return data

    def drop(self, digest: str, before: datetime) -> bool:
        """Remove a file if it is older than a moment; return whether it was removed."""
        files, root = self._place()
        return _drop(files, self._path(root, digest), before)

    def drop_parts(self, before: datetime) -> int:
        """Remove what was left half written before a moment; return how many files that were."""
        files, root = self._place()
        if not files.isdir(root):
            return 0
        parts = [path for path in files.ls(root, detail=False) if str(path).endswith(_PART)]
        return sum(_drop(files, path, before) for path in parts)

    def digests(self) -> Iterator[str]:
        """The digests of all files that are there."""
        files, root = self._place()
        for path in files.find(root):
            name = str(path).rpartition("/")[2].removesuffix(".parquet")
            if _DIGEST.fullmatch(name):
                yield name


def _drop(files: Any, path: str, before: datetime) -> bool:
    try:
        changed = files.modified(path)
        if changed.replace(tzinfo=changed.tzinfo or UTC) >= before:
            return False
        files.rm(path)
    except OSError:  # another process was faster
        return False
    return True


def _to_disk(file: Any) -> None:
    """Have the bytes on the disk before the file gets its name, where it is a file of this machine."""
    file.flush()
    with suppress(AttributeError, OSError):
        os.fsync(file.fileno())


def _unavailable(done: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"a saved table or result could not be {done}",
        hint="try again in a moment; if it stays so, look at the folder of tables and its free space",
    )
