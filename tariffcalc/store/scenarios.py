"""Saved scenarios: every version as its author wrote it. Whether the law knows its words is the caller's to check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tariffcalc.store.database import Database
from tariffcalc.store.errors import NotSavedError
from tariffcalc.store.ids import checked_name, is_id, new_id, now
from tariffcalc.store.models import ScenarioRow, ScenarioVersionRow
from tariffcalc.store.records import Page, SavedScenario, digest_of, offset_of
from tariffcalc.store.tables import check_match

KIND = "scenario"


class Scenarios:
    """Scenarios that people have saved; ``store.scenarios``."""

    def __init__(self, database: Database) -> None:
        """Keep where they are."""
        self._database = database

    def create(
        self,
        document: Mapping[str, Any],
        name: str | None = None,
        owner: str | None = None,
        *,
        once: str | None = None,
    ) -> SavedScenario:
        """Save a scenario as version 1; its name is the document's unless one is given.

        ``once``: at most 64 signs that name this wish to save; a wish that comes again gets what it first made.
        """
        scenario_id, moment = new_id(), now()
        first = _version(scenario_id, 1, document, name)
        try:
            with self._database.write() as session:
                session.add(ScenarioRow(id=scenario_id, version=1, owner=owner, once=once, created=moment))
                session.flush()
                session.add(first)
        except IntegrityError:
            if once is None or (made := self._made_by(once)) is None:
                raise
            return made
        return self.get(scenario_id)

    def update(
        self, scenario_id: str, document: Mapping[str, Any], if_match: str | None = None, name: str | None = None
    ) -> SavedScenario:
        """Save the next version. ``if_match`` is the etag of the version that was changed; None is meant for any.

        Raises ``NotSavedError``, ``StaleVersionError``.
        """
        with self._database.write() as session:
            row = self._row(session, scenario_id, lock=True)
            check_match(KIND, if_match, self._saved(session, row, row.version).etag)
            row.version += 1
            session.add(_version(scenario_id, row.version, document, name))
        return self.get(scenario_id)

    def get(self, scenario_id: str, version: int | None = None) -> SavedScenario:
        """A scenario, its newest version unless one is named. Raises ``NotSavedError``."""
        with self._database.read() as session:
            row = self._row(session, scenario_id)
            return self._saved(session, row, row.version if version is None else version)

    def list(self, page: int = 1, page_size: int = 100) -> Page[SavedScenario]:
        """All scenarios, newest first."""
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(ScenarioRow)) or 0
            query = (
                select(ScenarioRow, ScenarioVersionRow)
                .join(
                    ScenarioVersionRow,
                    (ScenarioVersionRow.scenario_id == ScenarioRow.id)
                    & (ScenarioVersionRow.version == ScenarioRow.version),
                )
                .order_by(ScenarioRow.created.desc(), ScenarioRow.id)
            )
            rows = session.execute(query.limit(page_size).offset(offset_of(page, page_size, total))).all()
        return Page(tuple(_record(row, version) for row, version in rows), total, page, page_size)

    def delete(self, scenario_id: str, if_match: str | None = None) -> None:
        """Delete a scenario with all its versions; a run keeps a copy of what it was asked under.

        Raises ``NotSavedError``, ``StaleVersionError``.
        """
        with self._database.write() as session:
            row = self._row(session, scenario_id, lock=True)
            check_match(KIND, if_match, self._saved(session, row, row.version).etag)
            session.execute(delete(ScenarioRow).where(ScenarioRow.id == scenario_id))

    def _made_by(self, once: str) -> SavedScenario | None:
        with self._database.read() as session:
            row = session.scalar(select(ScenarioRow).where(ScenarioRow.once == once))
            return None if row is None else self._saved(session, row, 1)

    def _row(self, session: Session, scenario_id: str, *, lock: bool = False) -> ScenarioRow:
        row = session.get(ScenarioRow, scenario_id, with_for_update=lock) if is_id(scenario_id) else None
        if row is None:
            raise NotSavedError.of(KIND, scenario_id)
        return row

    def _saved(self, session: Session, row: ScenarioRow, version: int) -> SavedScenario:
        found = session.get(ScenarioVersionRow, (row.id, version)) if 1 <= version <= row.version else None
        if found is None:
            raise NotSavedError.of(KIND, f"{row.id}, version {version}")
        return _record(row, found)


def _version(scenario_id: str, version: int, document: Mapping[str, Any], name: str | None) -> ScenarioVersionRow:
    return ScenarioVersionRow(
        scenario_id=scenario_id,
        version=version,
        name=checked_name(name or str(document.get("name", "")), KIND),
        title=str(document.get("title", "")),
        digest=digest_of(document),
        document=dict(document),
        created=now(),
    )


def _record(row: ScenarioRow, version: ScenarioVersionRow) -> SavedScenario:
    return SavedScenario(
        id=row.id,
        version=version.version,
        name=version.name,
        title=version.title,
        document=version.document,
        digest=version.digest,
        created=row.created,
        updated=version.created,
        owner=row.owner,
    )
