"""Saved flow tables: what is known of them in the database, their rows as Parquet beside it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet as pq
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from tariffcalc.engine.flow_table import Flows, trusted_flows
from tariffcalc.errors import Fault
from tariffcalc.store.blobs import Blobs
from tariffcalc.store.database import Database
from tariffcalc.store.errors import NotSavedError, StaleVersionError
from tariffcalc.store.ids import checked_name, is_id, new_id, now
from tariffcalc.store.models import FlowTableRow, FlowVersionRow, RunRow
from tariffcalc.store.records import Page, SavedTable, digest_of, offset_of

KIND = "flow table"


class FlowTables:
    """Flow tables that people have saved; ``store.flows``."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        """Keep where they are."""
        self._database, self._blobs = database, blobs

    def save(
        self, flows: Flows, name: str, owner: str | None = None, *, listed: bool = True, once: str | None = None
    ) -> SavedTable:
        """Save a checked table as version 1.

        ``once``: at most 64 signs that name this wish to save; a wish that comes again gets what it first made. A
        table that is not ``listed`` is found by its id only; the same one that comes again is saved once.
        """
        once = _wish(flows, name) if once is None and not listed else once
        if once is not None and (made := self._made_by(once)):
            return made
        version = self._stored(flows, checked_name(name, KIND), new_id(), 1)
        try:
            with self._database.write() as session:
                session.add(
                    FlowTableRow(
                        id=version.table_id, version=1, listed=listed, owner=owner, once=once, created=version.created
                    )
                )
                session.flush()
                session.add(version)
        except IntegrityError:
            if once is None or (made := self._made_by(once)) is None:
                raise
            return made
        return self.get(version.table_id)

    def update(self, table_id: str, flows: Flows, if_match: str | None = None, name: str | None = None) -> SavedTable:
        """Save a checked table as the next version; former versions stay as they are.

        Raises ``NotSavedError``, ``StaleVersionError``.
        """
        held = self.get(table_id)
        check_match(KIND, if_match, held.etag)
        version = self._stored(flows, checked_name(name or held.name, KIND), table_id, held.version + 1)
        with self._database.write() as session:
            row = self._row(session, table_id, lock=True)
            if row.version != held.version:
                raise StaleVersionError.of(KIND, held.etag, _record(row, self._version(session, row, None)).etag)
            session.add(version)
            row.version = version.version
        return self.get(table_id)

    def get(self, table_id: str, version: int | None = None) -> SavedTable:
        """What is known of a table, of its newest version unless one is named. Raises ``NotSavedError``."""
        with self._database.read() as session:
            row = self._row(session, table_id)
            return _record(row, self._version(session, row, version))

    def read(self, table_id: str, version: int | None = None) -> Flows:
        """A table with its rows, also one that is deleted but that a run still asks for.

        Raises ``NotSavedError``, ``StoreUnavailableError``.
        """
        with self._database.read() as session:
            row = self._row(session, table_id, deleted=version is not None)
            found = self._version(session, row, version, options=[undefer(FlowVersionRow.faults)])
        return _flows(self._blobs.read(found.digest), found)

    def list(self, page: int = 1, page_size: int = 100) -> Page[SavedTable]:
        """The tables that are listed, newest first."""
        chosen = (FlowTableRow.deleted.is_(None)) & FlowTableRow.listed
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(FlowTableRow).where(chosen)) or 0
            query = (
                select(FlowTableRow, FlowVersionRow)
                .join(
                    FlowVersionRow,
                    (FlowVersionRow.table_id == FlowTableRow.id) & (FlowVersionRow.version == FlowTableRow.version),
                )
                .where(chosen)
                .order_by(FlowTableRow.created.desc(), FlowTableRow.id)
            )
            rows = session.execute(query.limit(page_size).offset(offset_of(page, page_size, total))).all()
        return Page(tuple(_record(row, version) for row, version in rows), total, page, page_size)

    def delete(self, table_id: str, if_match: str | None = None) -> None:
        """Delete a table with all its versions; its rows are kept while a run refers to them.

        Raises ``NotSavedError``, ``StaleVersionError``.
        """
        with self._database.write() as session:
            row = self._row(session, table_id, lock=True)
            check_match(KIND, if_match, _record(row, self._version(session, row, None)).etag)
            if session.scalar(select(RunRow.id).where(RunRow.flows_id == table_id).limit(1)) is None:
                session.execute(delete(FlowTableRow).where(FlowTableRow.id == table_id))
            else:
                row.deleted = now()

    def _made_by(self, once: str) -> SavedTable | None:
        with self._database.read() as session:
            row = session.scalar(select(FlowTableRow).where(FlowTableRow.once == once))
            return None if row is None else _record(row, self._version(session, row, 1))

    def _stored(self, flows: Flows, name: str, table_id: str, version: int) -> FlowVersionRow:
        """A version whose rows lie in the folder already: the database never knows a table without rows."""
        table = pa.Table.from_pandas(flows.frame, preserve_index=False)
        self._blobs.write(flows.digest, lambda file: _parquet(table, file))
        first, until = flows.window
        importers = flows.frame["importer"].cat.remove_unused_categories().cat.categories
        return FlowVersionRow(
            table_id=table_id,
            version=version,
            name=name,
            digest=flows.digest,
            rows=len(flows.frame),
            first=first,
            until=until,
            customs_value=float(flows.frame["customs_value"].sum()),
            currency=flows.currency,
            told={
                "title": flows.title,
                "vintage": flows.vintage,
                "source": flows.source,
                "importers": [str(code) for code in importers],
                "warnings": list(flows.warnings),
                "bad_rows": flows.skipped_rows,
            },
            faults=[asdict(fault) for fault in flows.bad_rows],
            created=now(),
        )

    def _row(self, session: Session, table_id: str, *, deleted: bool = False, lock: bool = False) -> FlowTableRow:
        row = session.get(FlowTableRow, table_id, with_for_update=lock) if is_id(table_id) else None
        if row is None or (row.deleted is not None and not deleted):
            raise NotSavedError.of(KIND, table_id)
        return row

    def _version(self, session: Session, row: FlowTableRow, version: int | None, **more: Any) -> FlowVersionRow:
        wanted = row.version if version is None else version
        found = session.get(FlowVersionRow, (row.id, wanted), **more) if 1 <= wanted <= row.version else None
        if found is None:
            raise NotSavedError.of(KIND, f"{row.id}, version {version}")
        return found


def check_match(kind: str, given: str | None, current: str) -> None:
    """Refuse a change that was meant for another version; None is meant for any. Raises ``StaleVersionError``."""
    if given is not None and given != current:
        raise StaleVersionError.of(kind, given, current)


def _wish(flows: Flows, name: str) -> str:
    """What names a table by all that an answer about it depends on."""
    return digest_of(
        {
            "digest": flows.digest,
            "about": [name, flows.title, flows.vintage, flows.source, flows.currency],
            "warnings": list(flows.warnings),
            "faults": [str(fault) for fault in flows.bad_rows],
        }
    )


def _parquet(table: Any, file: BinaryIO) -> None:
    pq.write_table(table, file, compression="zstd")


def _record(row: FlowTableRow, version: FlowVersionRow) -> SavedTable:
    told = version.told
    return SavedTable(
        id=row.id,
        version=version.version,
        name=version.name,
        rows=version.rows,
        window=(version.first, version.until),
        customs_value=version.customs_value,
        currency=version.currency,
        digest=version.digest,
        created=version.created,
        importers=tuple(told.get("importers", ())),
        title=told.get("title", ""),
        owner=row.owner,
        warnings=tuple(told.get("warnings", ())),
        bad_rows=int(told.get("bad_rows", 0)),
    )


def _flows(data: bytes, version: FlowVersionRow) -> Flows:
    """The table as it was checked: no row is looked at again."""
    frame = pq.read_table(pa.BufferReader(data)).to_pandas()
    told = version.told
    meta = {"name": version.name, **told, "flows": {"currency": version.currency}}
    bad_rows = tuple(Fault(**fault) for fault in version.faults)
    return replace(
        trusted_flows(frame, meta),
        bad_rows=bad_rows,
        warnings=tuple(told["warnings"]),
        skipped_rows=int(told.get("bad_rows", 0)),
    )
