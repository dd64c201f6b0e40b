"""Keys that let programs in.

A key is ``tc_<id>_<secret>`` with a secret of 256 random bits, of which only the SHA-256 is kept. A slow hash such as
scrypt makes guessing of what people choose expensive; nobody guesses 256 random bits, and every request would pay for
it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from sqlalchemy import select

from tariffcalc.errors import UnknownNameError
from tariffcalc.store.database import Database
from tariffcalc.store.errors import NotSavedError
from tariffcalc.store.ids import checked_name, is_id, now
from tariffcalc.store.models import KeyRow
from tariffcalc.store.records import Key

KIND = "key"
SCOPES = ("read", "write")
_MARK = "tc"


class Keys:
    """Keys by their hashes; ``store.keys``."""

    def __init__(self, database: Database) -> None:
        """Keep where they are."""
        self._database = database

    def create(self, name: str, scopes: Iterable[str] = ("read",)) -> str:
        """Make a key and return its text, which is told this once. Raises ``UnknownNameError`` for a scope."""
        wanted = tuple(dict.fromkeys(scopes))
        for scope in wanted:
            if scope not in SCOPES:
                raise UnknownNameError.of("scope", scope, SCOPES)
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        row = KeyRow(
            id=key_id, name=checked_name(name, KIND), hash=_hash(secret), scopes=" ".join(wanted), created=now()
        )
        with self._database.write() as session:
            session.add(row)
        return f"{_MARK}_{key_id}_{secret}"

    def verify(self, text: str) -> Key | None:
        """The key of that text, if there is one that is not revoked; compared in constant time."""
        mark, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if mark != _MARK or not is_id(key_id) or not secret.isascii():
            return None
        with self._database.read() as session:
            row = session.get(KeyRow, key_id)
        same = hmac.compare_digest(_hash(secret), row.hash if row else _hash(""))
        return _record(row) if row and same and row.revoked is None else None

    def revoke(self, key_id: str) -> Key:
        """Let a key in no more. Raises ``NotSavedError``."""
        with self._database.write() as session:
            row = session.get(KeyRow, key_id) if is_id(key_id) else None
            if row is None:
                raise NotSavedError.of(KIND, key_id)
            row.revoked = row.revoked or now()
        return _record(row)

    def list(self) -> tuple[Key, ...]:
        """All keys, oldest first, also those that are revoked."""
        with self._database.read() as session:
            rows = session.scalars(select(KeyRow).order_by(KeyRow.created, KeyRow.id)).all()
        return tuple(map(_record, rows))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(row: KeyRow) -> Key:
    return Key(row.id, row.name, tuple(row.scopes.split()), row.created, row.revoked)
