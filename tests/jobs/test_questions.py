"""A question is one document however it is put, and another one where its answer would be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.errors import BadRequestError, ScenarioError, UnknownNameError
from tariffcalc.jobs import answer, ask, question
from tariffcalc.settings import Settings
from tariffcalc.store import Store, StoreError
from tariffcalc.store.records import digest_of

TABLE = "us-north-america-2025"
SMALL = "canada-from-us-2024"
DOCUMENT = {"name": "mine", "title": "What if", "change": [{"end": "s232-steel", "from": "2025-05-01"}]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(Settings(home=tmp_path))
    yield opened
    opened.close()


def test_what_is_left_out_has_its_default() -> None:
    short, long = ask(TABLE), ask(TABLE, by=["sector", "month"], window=(None, None), model="static")
    assert digest_of(short) == digest_of(long)


def test_a_saved_scenario_is_its_document(store: Store) -> None:
    saved = store.scenarios.create(DOCUMENT)
    assert ask(TABLE, saved) == ask(TABLE, DOCUMENT)
    assert digest_of(ask(TABLE, dict(reversed(DOCUMENT.items())))) == digest_of(ask(TABLE, saved))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"model": "exact-hat"}, {"by": ("country",), "economy": "caliendo-parro-1993", "keep_deficits": False}),
        ({"model": "io-prices"}, {"by": ("category",), "on": "static"}),
        ({"model": "smart", "draws": 10}, {"seed": 0, "markets": "hs2", "vary": {}, "tornado": False}),
    ],
)
def test_each_model_has_its_own_defaults(short: dict[str, Any], long: dict[str, Any]) -> None:
    asked = ask(TABLE, None, "no-tariffs-2025", **short)
    assert asked == ask(TABLE, None, "no-tariffs-2025", **{**short, **long})
    assert asked["options"] == question.written(question.read(asked["options"])), "settled once, settled for good"


def test_draws_tell_how_far_they_are_and_can_be_stopped(store: Store) -> None:
    before = {"name": "before", "title": "Before", "as_known_on": "2025-03-01"}
    asked = ask(SMALL, None, before, model="smart", draws=120, tornado=True)
    told: list[float] = []
    answer(asked, store, told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 0.9)
    assert len(set(told)) > 10

    def stop(done: float) -> None:
        if done > 0.5:
            raise KeyError

    with pytest.raises(KeyError):
        answer(asked, store, stop)


def test_other_questions_are_other_documents() -> None:
    asked = [
        *(ask(TABLE, None, "no-pause", model="smart", draws=draws, seed=seed) for draws in (5, 6) for seed in (1, 2)),
        ask(TABLE),
        ask(TABLE, "no-pause"),
        ask(TABLE, baseline="no-pause"),
        ask(TABLE, DOCUMENT),
        ask(TABLE, window=(date(2025, 3, 1), None)),
        ask(TABLE, as_known_on=date(2025, 3, 1)),
        ask("us-world-2024"),
    ]
    assert len({digest_of(one) for one in asked}) == len(asked)


def test_the_answer_is_that_of_estimate(store: Store) -> None:
    options = {"by": ("origin", "month"), "window": (date(2025, 2, 1), date(2025, 5, 1)), "status": "owed"}
    law = tc.read_schedule("USA").apply(tc.read_scenario(DOCUMENT))
    direct = tc.estimate(TABLE, law, baseline="no-pause", **options)
    told: list[float] = []
    found = answer(ask(TABLE, DOCUMENT, "no-pause", **options), store, told.append)
    assert found.to("parquet") == direct.to("parquet")
    assert told == sorted(told)
    assert {0.0, 0.9} < set(told)


def test_a_day_it_was_known_on_is_kept(store: Store) -> None:
    direct = tc.estimate(TABLE, by=("origin",), as_known_on=date(2025, 3, 1))
    assert answer(ask(TABLE, by=("origin",), as_known_on=date(2025, 3, 1)), store).to("csv") == direct.to("csv")


def test_a_saved_table_is_asked_by_its_version(store: Store) -> None:
    rows = [{"origin": "CAN", "product": "7208390015", "period": "2025-03", "customs_value": 1000.0}]
    flows = tc.read_flows(rows, importer="USA", name="rows")
    saved = store.flows.save(flows, "rows")
    asked = ask(saved, by=("measure",))
    store.flows.update(saved.id, tc.read_flows([{**rows[0], "customs_value": 1}], importer="USA"))
    assert answer(asked, store).to("csv") == tc.estimate(flows, by=("measure",)).to("csv")
    assert ask(store.flows.get(saved.id), by=("measure",)) != asked


def test_what_cannot_be_asked_is_refused_at_once(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="flow table"):
        ask("nothing")
    with pytest.raises(UnknownNameError, match="scenario"):
        ask(TABLE, "nothing")
    with pytest.raises(UnknownNameError, match="option"):
        ask(TABLE, colour="red")
    with pytest.raises(ScenarioError):
        ask(TABLE, {"name": "x", "change": [{"end": "nothing", "from": "2025-01-01"}]})
    rows = [
        {"importer": one, "origin": "MEX", "product": "7208390015", "period": "2025", "customs_value": 1.0}
        for one in ("USA", "CAN")
    ]
    rows[1]["product"] = "7208"
    both = store.flows.save(tc.read_flows(rows), "both")
    with pytest.raises(BadRequestError) as caught:
        ask(both)
    assert caught.value.code == "several-importers"


@pytest.mark.parametrize("name", ["law", "facts", "version"])
def test_a_question_of_another_law_is_not_answered(store: Store, name: str) -> None:
    with pytest.raises(StoreError) as caught:
        answer({**ask(TABLE), name: "other"}, store)
    assert caught.value.code == "law-changed"


def test_the_facts_of_trade_have_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes with a table of facts, not with a flow table, nor with a word of the search."""
    digests = []
    monkeypatch.setenv("TARIFFCALC_DATA", str(tmp_path))
    for place, word in (("shares/a.csv", "x"), ("flows/b.csv", "x"), ("search/c.csv", "x"), ("shares/a.csv", "y")):
        path = tmp_path / "trade_data" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(word)
        digests.append(question.facts_digest.__wrapped__())
    assert digests[0] == digests[1] == digests[2] != digests[3]
