"""How trade answers, asked by the form of the studio: what counts for each model, faults in their places, addresses."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from studio_form import PLACE, entries, press, said
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tariffcalc import models
from tariffcalc.web import state
from tariffcalc.web.pages import studio_model
from tariffcalc.web.pages.studio_question import DEFAULTS, FIELDS, asked_of, question_of

DRAWN = {"model": "armington", "draws": "50", "seed": "7", "markets": "product", "tornado": "1"}
BEHAVIOUR = {"demand": "-2", "substitution": "3", "supply": "1e9", "pass_through": "0.9"}
EVERYTHING = {**DRAWN, **BEHAVIOUR, "elasticities": "caliendo-parro-2015", "economy": "caliendo-parro-1993"}


def options_of(client: FlaskClient, page: TestResponse) -> dict[str, Any]:
    """The options of the question of a run that the studio has led to."""
    assert page.status_code == 303, said(page, "fault")
    with client.application.app_context():
        run = state.store().runs.get(page.headers["Location"].rpartition("/")[2])
    return dict(run.question["options"])


def test_every_model_can_be_chosen_in_plain_words(client: FlaskClient) -> None:
    text = client.get(PLACE).text
    chosen = text.split('id="model"')[1].partition("</select>")[0]
    found = dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', chosen))
    assert [*found] == [*models.NAMES]
    assert not [words for name, words in found.items() if words == name]


def test_a_whole_economy_is_asked_without_sectors_and_months(client: FlaskClient) -> None:
    """What belongs to other models waits in the form."""
    typed = {**BEHAVIOUR, "model": "exact-hat", "keep_deficits": "1", "seed": "4"}
    options = options_of(client, press(client, client.get(PLACE), "run", **typed))
    assert (options["model"], options["economy"], options["keep_deficits"]) == ("exact-hat", models.ECONOMY, True)
    assert options["by"] == ["country"]
    assert (options["demand"], options["draws"]) == (None, None)


def test_prices_are_asked_on_a_model_of_importers(client: FlaskClient) -> None:
    typed = {"model": "io-prices", "on": "smart", "supply": "2", "keep_deficits": "1"}
    options = options_of(client, press(client, client.get(PLACE), "run", **typed))
    assert (options["by"], options["on"], options["supply"]) == (["category"], "smart", 2.0)


def test_draws_are_asked_with_all_that_belongs_to_them(client: FlaskClient) -> None:
    vary = ["preference=settled", "preference=none", "content=table"]
    typed = {**DRAWN, "demand": "-2", "vary": vary, "vary_pass_through": "elasticities, 0.5"}
    options = options_of(client, press(client, client.get(PLACE), "run", **typed))
    wanted = {"draws": 50, "seed": 7, "markets": "product", "tornado": True, "demand": -2.0, "by": []}
    assert {name: options[name] for name in wanted} == wanted
    assert options["vary"] == {
        "preference": ["settled", "none"],
        "content": ["table"],
        "pass_through": ["elasticities", "0.5"],
    }


def test_models_of_one_market_keep_their_groups(client: FlaskClient) -> None:
    typed = {**BEHAVIOUR, "model": "gsim", "by": ["origin"], "time": "quarter", "seed": "3"}
    options = options_of(client, press(client, client.get(PLACE), "run", **typed))
    assert (options["by"], options["supply"], options["pass_through"]) == (["origin", "quarter"], 1e9, 0.9)
    assert options["seed"] is None


WRONG = [
    ({"model": "armington", "demand": "2"}, "demand", "below zero"),
    ({"model": "smart", "substitution": "many"}, "substitution", "not a finite number"),
    ({"model": "static", "pass_through": "1.5"}, "pass_through", "not between 0 and 1"),
    ({"model": "gsim", "draws": "none"}, "draws", "not a whole number"),
    ({"model": "gsim", "draws": "9999999"}, "draws", "100"),
    ({"model": "exact-hat", "draws": "100"}, "draws", "not drawn"),
    ({"model": "smart", "draws": "10", "seed": "-1"}, "seed", "0"),
    ({"model": "smart", "draws": "10", "markets": "hs22"}, "markets", "hs22"),
    ({"model": "smart", "draws": "10", "vary": ["preference=nine"]}, "vary", "nine"),
    (
        {"model": "smart", "draws": "10", "vary": ["content=full"], "vary_pass_through": "2"},
        "vary_pass_through",
        "not between 0 and 1",
    ),
    ({"model": "io-prices", "on": "exact-hat"}, "on", "exact-hat"),
    ({"model": "exact-hat", "economy": "today"}, "economy", "today"),
    ({"model": "smart", "elasticities": "mine"}, "elasticities", "mine"),
    ({"model": "exact-hat", "baseline": ""}, "baseline", "baseline"),
    ({"model": "static", "draws": "10", "baseline": ""}, "baseline", "baseline"),
]


@pytest.mark.parametrize(
    ("typed", "place", "words"), WRONG, ids=[f"{place}-{at}" for at, (_, place, _) in enumerate(WRONG)]
)
def test_faults_stand_beside_their_entries_and_nothing_is_lost(
    client: FlaskClient, typed: dict[str, Any], place: str, words: str
) -> None:
    page = press(client, client.get(PLACE), "run", **typed)
    assert page.status_code == 422
    beside = re.search(rf'<p class="fault" id="{place}-said">([^<]*)', page.text)
    assert beside is not None, said(page, "fault")
    assert words in unescape(beside[1])
    assert f'<a href="#{place}">' in page.text
    assert ('<details class="model" open' in page.text) is (place != "baseline" or "draws" in typed)
    kept = entries(page)
    assert {name: kept[name] for name in typed if name != "vary"} == {
        name: [text] for name, text in typed.items() if name != "vary"
    }


def test_what_is_ticked_stays_ticked(client: FlaskClient) -> None:
    vary = ["preference=settled", "status=owed"]
    page = press(client, client.get(PLACE), "check", **EVERYTHING, keep_deficits="1", vary=vary)
    kept = entries(page)
    assert kept["vary"] == vary
    assert (kept["tornado"], kept["keep_deficits"], kept["draws"]) == (["1"], ["1"], ["50"])
    again = press(client, page, "check")
    assert {name: entries(again).get(name) for name in (*FIELDS, "vary")} == {
        name: kept.get(name) for name in (*FIELDS, "vary")
    }


def test_the_address_keeps_the_question(saver: FlaskClient) -> None:
    vary = ["preference=settled", "preference=none"]
    typed = {**EVERYTHING, "vary": vary, "vary_pass_through": "0.5, 0.9"}
    place = press(saver, saver.get(PLACE), "save", **typed).headers["Location"]
    kept = entries(saver.get(place))
    assert {name: kept[name] for name in EVERYTHING} == {name: [text] for name, text in EVERYTHING.items()}
    assert (kept["vary"], kept["vary_pass_through"]) == (vary, ["0.5, 0.9"])
    plain = entries(saver.get(f"{PLACE}?model=gsim&draws=5&vary=preference=settled,none&vary=pass_through=0.5,0.9"))
    assert (plain["vary"], plain["vary_pass_through"]) == (vary, ["0.5,0.9"])


def test_details_are_shut_where_all_is_usual(client: FlaskClient) -> None:
    assert '<details class="model">' in client.get(PLACE).text
    assert '<details class="model" open>' in client.get(f"{PLACE}?model=smart&demand=-3").text


@pytest.mark.parametrize("model", models.NAMES)
def test_what_is_usual_can_be_asked_of_every_model(client: FlaskClient, model: str) -> None:
    """The entries that count are those that the model takes: none of them is refused."""
    with client.application.app_context():
        question = question_of(MultiDict({"model": model, **BEHAVIOUR}), is_form=False)
        assert asked_of(question, {"name": "x"})["model"] == model, question.faults
    assert studio_model.is_grouped({**DEFAULTS, "model": model, "draws": ""}) is (
        model not in ("exact-hat", "io-prices")
    )


OWN = "product,substitution,supply\n7208,4.5,\ndefault,,2\n"


def test_elasticities_of_ones_own_are_asked_as_rows(client: FlaskClient) -> None:
    typed = {"model": "armington", "own_elasticities": OWN, "elasticities": "caliendo-parro-2015"}
    options = options_of(client, press(client, client.get(PLACE), "run", **typed))
    rows = [{"product": "7208", "substitution": "4.5"}, {"product": "default", "supply": "2"}]
    assert options["elasticities"] == rows
    waiting = options_of(client, press(client, client.get(PLACE), "run", model="exact-hat", own_elasticities=OWN))
    assert waiting["elasticities"] is None


def test_faults_of_ones_own_elasticities_are_told_by_row_and_nothing_is_lost(client: FlaskClient) -> None:
    wrong = "product,substitution\n7208,-3\n72x,2\n"
    page = press(client, client.get(PLACE), "run", model="armington", own_elasticities=wrong)
    assert page.status_code == 422
    told = " ".join(said(page, "fault")).lower()
    assert "row 2, column substitution" in told
    assert "row 3, column product" in told
    assert entries(page)["own_elasticities"][0].replace("\r\n", "\n").strip() == wrong.strip()
    assert 'id="own_elasticities"' in page.text.split('aria-invalid="true"')[0].rpartition("<textarea")[2]


def test_an_address_carries_a_short_table_and_no_long_one() -> None:
    for text, is_kept in ((OWN, True), (OWN * 50, False)):
        question = question_of(MultiDict({"model": "armington", "own_elasticities": text}), is_form=False)
        assert ("own_elasticities" in question.query) is is_kept
