"""``/scenarios`` without JavaScript: a scenario written by form and as text, asked, kept; every fault in its place."""

from __future__ import annotations

import io
import json
import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from studio_form import PLACE, entries, press, said, text_of

import tariffcalc as tc
from tariffcalc.catalogue import scenario_list
from tariffcalc.settings import Settings
from tariffcalc.web import create_app, state
from tariffcalc.web.pages.studio_draft import read_draft, written
from tests.stopwatch import least_seconds

PAUSE = {"c_kind": "pause", "c_measure": "s232-steel", "c_from": "2025-07-01", "c_until": "2025-10-01"}
WOOD = {"c_kind": "add", "c_title": "Wood", "c_rate": "10", "c_from": "2025-05-01", "c_origins": "Canada, mexico"}
GOOD = b"origin,product,period,customs_value\nCAN,7208390015,2025-07,1000\nMEX,7208390015,2025-08,500\n"
BAD = b"origin,product,period,customs_value\nCAN,7208390015,2025-07,1000\nXXX,7208390015,2025-77,abc\n"
HOSTILE = '<script>alert("1")</script>'


def table(data: bytes, name: str = "own.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_ready_made_and_saved_ones_are_listed(client: FlaskClient) -> None:
    page = client.get("/scenarios")
    for one in scenario_list():
        assert f'href="/scenarios/{one["name"]}"' in page.text
        assert f"/scenarios/new?start={one['name']}" in page.text


@pytest.mark.parametrize("name", [one["name"] for one in scenario_list()])
def test_a_ready_made_one_opens_as_its_file_has_it(client: FlaskClient, name: str) -> None:
    text = text_of(client.get(f"/scenarios/{name}"))
    assert tc.read_scenario(tomllib.loads(text)).changes == tc.read_scenario(name).changes
    begun = tomllib.loads(text_of(client.get(f"/scenarios/new?start={name}")))
    assert begun["name"] == f"{name}-changed"
    assert begun.get("change") == tomllib.loads(text).get("change")


def test_comments_stay_where_a_change_is_added(client: FlaskClient) -> None:
    page = press(client, client.get("/scenarios/ieepa-in-force"), "add", **PAUSE)
    assert "# The metals duty of April 2026 falls on whole articles" in text_of(page)
    assert text_of(page).endswith('[[change]]\npause = "s232-steel"\nfrom = 2025-07-01\nuntil = 2025-10-01\n')


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        (PAUSE, {"pause": "s232-steel", "from": "2025-07-01", "until": "2025-10-01"}),
        ({**PAUSE, "c_kind": "set", "c_rate": "12,5"}, {"set": "s232-steel", "rate": "12.5%"}),
        ({**PAUSE, "c_kind": "cap", "c_rate": "10 %"}, {"set": "s232-steel", "rate": {"cap": "10%"}}),
        ({**PAUSE, "c_kind": "cut", "c_rate": "50"}, {"set": "s232-steel", "rate": {"cut": "50%"}}),
        ({**PAUSE, "c_kind": "end"}, {"end": "s232-steel", "from": "2025-07-01"}),
        ({**PAUSE, "c_kind": "resume"}, {"resume": "s232-steel", "from": "2025-07-01", "until": "2025-10-01"}),
        ({**PAUSE, "c_kind": "disable"}, {"disable": "s232-steel"}),
        (
            {**PAUSE, "c_origins": "usmca", "c_products": "7208.39, 7209"},
            {"pause": "s232-steel", "where": {"origins": {"group": "usmca"}, "products": ["720839", "7209"]}},
        ),
        (
            {**WOOD, "c_products": "44"},
            {
                "add": {
                    "id": "wood",
                    "title": "Wood",
                    "scope": {"origins": ["CAN", "MEX"], "products": ["44"]},
                    "rate": "10%",
                    "from": "2025-05-01",
                }
            },
        ),
    ],
)
@pytest.mark.parametrize("language", ["toml", "json"])
def test_each_kind_of_change_is_added_in_both_languages(
    client: FlaskClient, typed: dict[str, str], change: dict[str, Any], language: str
) -> None:
    page = press(client, press(client, client.get(PLACE), language), "add", **typed)
    assert (page.status_code, said(page, "said")) == (200, ["Change 1 is added."])
    with client.application.app_context():
        draft = read_draft(text_of(page))
    assert draft.is_json == (language == "json")
    assert draft.changes[0].items() >= change.items()
    assert entries(page)["c-measure"] == [""]


def test_a_change_is_taken_out_again(client: FlaskClient) -> None:
    page = press(client, press(client, client.get(PLACE), "add", **PAUSE), "add", **WOOD)
    page = press(client, page, "remove-1")
    assert [*tomllib.loads(text_of(page))["change"][0]] == ["add"]
    assert text_of(press(client, page, "remove-7")) == text_of(page)


def test_every_fault_of_a_change_stands_beside_its_entry_and_nothing_is_lost(client: FlaskClient) -> None:
    wrong = {"c_rate": "abc", "c_origins": "Canda", "c_products": "zz", "c_from": "2025-07-01", "c_until": "2025-06-01"}
    page = press(client, client.get(PLACE), "add", c_kind="set", c_measure="s232-steel", **wrong)
    assert page.status_code == 422
    for name, words in {
        "rate": "“abc” is not a percentage",
        "origins": "No country is called “Canda”. Did you mean Canada?",
        "products": "is not an HS code",
        "until": "Until 2025-06-01 is not after from 2025-07-01.",
    }.items():
        assert f'<p class="fault" id="c-{name}-said">' in page.text
        assert f'<a href="#c-{name}">' in page.text
        assert words in page.text.replace("&#39;", "'")
    assert {name: entries(page)[name.replace("_", "-")] for name in wrong} == {
        name: [text] for name, text in wrong.items()
    }
    assert "[[change]]" not in text_of(page)


def test_what_a_pause_needs_is_asked_for(client: FlaskClient) -> None:
    page = press(client, client.get(PLACE), "add", c_kind="pause")
    assert {"Choose the measure.", "Say the first day, as 2025-07-01."} <= set(said(page, "fault"))


def test_title_and_assumptions_go_into_the_text_and_back(client: FlaskClient) -> None:
    page = press(client, client.get(PLACE), "check", title="Steel & rest", preference="none")
    found = tomllib.loads(text_of(page))
    assert (found["name"], found["title"], found["assumptions"]) == (
        "steel-rest",
        "Steel & rest",
        {"preference": "none"},
    )
    text = text_of(page).replace('"none"', '"all"').replace("Steel & rest", "Otherwise")
    again = press(client, page, "check", text=text)
    assert text_of(again) == text
    assert (entries(again)["preference"], entries(again)["title"]) == (["all"], ["Otherwise"])


def test_a_text_that_cannot_be_read_stays_with_all_that_was_typed(client: FlaskClient) -> None:
    text = 'name = "x"\nthis is no TOML'
    page = press(client, client.get(PLACE), "add", text=text, title="Mine", **PAUSE)
    assert (text_of(page), entries(page)["title"], entries(page)["c-from"]) == (text, ["Mine"], ["2025-07-01"])
    assert "at line 2" in said(page, "fault")[0]
    mended = press(client, page, "add", text='name = "x"')
    assert tomllib.loads(text_of(mended))["title"] == "Mine"
    assert "pause" in text_of(mended)


def test_faults_of_the_text_stand_at_their_change(client: FlaskClient) -> None:
    text = 'name = "x"\n[[change]]\npause = "s122"\n[[change]]\nset = "s232-stel"\nrate = "5%"\n'
    text += '[assumptions]\npreference = "never"\n'
    page = press(client, client.get(PLACE), "check", text=text)
    assert "2 faults: it can be neither run nor saved yet." in page.text
    assert said(page, "fault")[0].startswith("assumptions.preference: ")
    assert "s232-stel" in said(page, "fault")[1]
    for button in ("run", "save"):
        assert press(client, page, button).status_code == 422


TEXTS = ['{"a":"\\ud800"}', "{", '{"name":null,"change":null}', 'name="x"\nchange=3', '{"name":"x","change":[3]}']
TEXTS += ['name="x"\n[[change]]\nset=nan\nrate=nan', 'name="x"\n[[change]]\nuntil=0001-01-01\npause="s122"']
TEXTS += [
    'change=[{pause="s122",from=2025-01-01}]\nname="q"',
    "\x00",
    "a.b.c=1\n[a.b]\nd=1",
    "[" * 5000,
    '{"a":' * 5000,
    '{"name":"\\u0000\\u007f\\u2028\\"\\\\"}',
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_is_an_accident(client: FlaskClient, text: str) -> None:
    page = client.get(PLACE)
    for button in ("check", "add", "toml", "json", "remove-1", "remove-" + "9" * 5000, "save", "run", "nothing"):
        answer = press(client, page, button, text=text, preference="none", **PAUSE)
        assert answer.status_code in {200, 303, 422}, (button, answer.text[:300])


@pytest.mark.parametrize("name", [one["name"] for one in scenario_list()])
def test_both_languages_say_the_same(name: str, app: Flask) -> None:
    with app.app_context():
        document = read_draft(Path(f"rates/scenarios/{name}.toml").read_text()).document
        assert document is not None
        for is_json in (True, False):
            assert read_draft(written(document, is_json=is_json)).document == document


def test_from_blank_to_a_saved_scenario_and_its_run(saver: FlaskClient, saving: Flask) -> None:
    page = press(saver, saver.get(PLACE), "add", **PAUSE)
    saved = press(saver, page, "save", title="Steel rests", by=["origin"], time="year")
    assert saved.status_code == 303
    page = saver.get(saved.headers["Location"])
    assert said(page, "said") == ["Version 1 is saved."]
    assert (entries(page)["by"], entries(page)["time"]) == (["origin"], ["year"])
    assert "Steel rests" in saver.get("/scenarios").text
    run = press(saver, page, "run")
    assert (run.status_code, run.headers["Location"][:6]) == (303, "/runs/")
    with saving.app_context():
        question = state.store().runs.get(run.headers["Location"].split("/")[2]).question
    assert question["scenario"]["change"] == [{"pause": "s232-steel", "from": "2025-07-01", "until": "2025-10-01"}]
    assert saver.get(run.headers["Location"]).status_code == 200


def test_versions_copies_and_lost_updates(saver: FlaskClient) -> None:
    first = saver.get(press(saver, saver.get(PLACE), "save", title="One").headers["Location"])
    place = f"/v1/scenarios/{entries(first)['saved'][0]}"
    assert press(saver, first, "save", title="Two").status_code == 303
    assert saver.get(place).get_json()["title"] == "Two"
    late = press(saver, first, "save", title="Late")
    assert (late.status_code, entries(late)["title"]) == (412, ["Late"])
    assert saver.get(place).get_json()["title"] == "Two"
    copy = press(saver, late, "copy")
    assert copy.status_code == 303
    assert place.rsplit("/", 1)[-1] not in copy.headers["Location"]


def test_the_same_form_sent_twice_saves_once(saver: FlaskClient) -> None:
    page = saver.get(PLACE)
    one, two = (press(saver, page, "save", title="Twice").headers["Location"] for _ in range(2))
    assert one == two
    assert press(saver, page, "save", title="Otherwise").headers["Location"] != one


def test_a_good_table_is_kept_and_chosen(saver: FlaskClient) -> None:
    page = press(saver, saver.get(PLACE), "upload", table=table(GOOD), **PAUSE)
    assert said(page, "said") == ["The table own.csv is kept and chosen. Rows: 2; left out: 0."]
    assert saver.get(f"/v1/flows/{entries(page)['flows'][0]}").get_json()["rows"] == 2
    assert entries(page)["c-measure"] == ["s232-steel"]
    assert press(saver, page, "run").status_code == 303


def test_a_bad_table_is_explained_cell_by_cell(saver: FlaskClient) -> None:
    before = saver.get("/v1/flows").get_json()["total"]
    page = press(saver, saver.get(PLACE), "upload", table=table(BAD))
    assert page.status_code == 422
    for cell in ("<td>origin</td>", "<code>XXX</code>", "<code>abc</code>", "<code>2025-77</code>", '"row">3</th>'):
        assert cell in page.text
    assert saver.get("/v1/flows").get_json()["total"] == before
    left = press(saver, page, "upload", table=table(BAD), u_skip="1")
    assert said(left, "said") == ["The table own.csv is kept and chosen. Rows: 1; left out: 1."]
    assert "Rows that were left out" in left.text


@pytest.mark.parametrize("sent", [None, (GOOD, "own.docx"), (b"", "own.csv"), (b"\x00PK", "own.xlsx")])
def test_a_file_that_is_no_table_is_refused_beside_its_entry(saver: FlaskClient, sent: Any) -> None:
    page = press(saver, saver.get(PLACE), "upload", **({"table": table(*sent)} if sent else {}))
    assert page.status_code == 422
    assert '<p class="fault" id="table-said">' in page.text


def test_faults_of_the_question_stand_beside_its_entries(client: FlaskClient) -> None:
    page = press(client, client.get(PLACE), "run", until="2025-99", flows="nothing", by=["sector", "sectr"])
    assert page.status_code == 422
    for name in ("until", "flows", "by"):
        assert f'<p class="fault" id="{name}-said">' in page.text
    nothing = press(client, client.get(PLACE), "run", model="smart", baseline="")
    assert (nothing.status_code, bool(said(nothing, "fault"))) == (422, True)


def test_nothing_that_was_typed_runs(saver: FlaskClient) -> None:
    page = press(saver, saver.get(PLACE), "add", **{**WOOD, "c_title": HOSTILE, "title": HOSTILE, "from_": HOSTILE})
    assert "<script>alert" not in page.text
    assert HOSTILE in tomllib.loads(text_of(page))["title"]
    assert press(saver, page, "save", from_="").status_code == 303
    assert "<script>alert" not in saver.get("/scenarios").text
    cells = f"origin,product,period,customs_value\n{HOSTILE},7208,2025,1\n".replace('"', "").encode()
    assert "<script>alert" not in press(saver, page, "upload", table=table(cells, f"{HOSTILE}.csv")).text
    checked = saver.post("/scenarios/check", data={**entries(page)}).get_json()
    assert "<script>alert" not in checked["html"]


def test_a_form_of_another_site_does_nothing(saver: FlaskClient) -> None:
    page = saver.get(PLACE)
    before = saver.get("/v1/scenarios").get_json()["total"]
    cookie = saver.get_cookie("form_token")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    for typed in ({"form_token": ""}, {"form_token": "x" * 32}):
        for button in ("save", "upload", "run"):
            refused = press(saver, page, button, title="Kept", **typed)
            assert (refused.status_code, entries(refused)["title"]) == (403, ["Kept"])
    sent = {**entries(page), "do": "save"}
    assert saver.post(PLACE, data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert saver.post("/scenarios/check", data={"text": ""}).status_code == 403
    saver.delete_cookie("form_token")
    assert press(saver, page, "save").status_code == 403
    assert saver.get("/v1/scenarios").get_json()["total"] == before


def test_where_keys_are_asked_for_the_form_asks_too(tmp_path: Path) -> None:
    given = Settings(home=tmp_path, api_keys="on")
    app = create_app(settings=replace(given, rate_limit="off", write_limit="off", logs="off"))
    client = app.test_client()
    with app.app_context():
        secret = state.store().keys.create("me", ("write",))
        reader = state.store().keys.create("reader", ("read",))
    page = client.get(PLACE)
    assert [press(client, page, one).status_code for one in ("save", "upload", "run")] == [403, 403, 403]
    assert press(client, page, "save", key=reader).status_code == 403
    assert press(client, page, "run", key=reader).status_code == 303
    saved = press(client, page, "save", key=secret)
    assert saved.status_code == 303
    assert secret not in press(client, page, "check", key=secret).text


def test_checked_as_it_is_typed(client: FlaskClient) -> None:
    page = client.get(PLACE)
    sent = {**entries(page), "title": "New", "text": text_of(page) + '\n[[change]]\npause = "s232-stel"\n'}
    found = client.post("/scenarios/check", data=sent).get_json()
    assert (found["ok"], found["fields"]["title"], tomllib.loads(found["text"])["title"]) == (False, "New", "New")
    assert "did you mean s232-steel" in found["html"].lower()
    assert json.dumps(found)


def test_pages_come_quickly(client: FlaskClient) -> None:
    for path in ("/scenarios", PLACE, "/scenarios/ieepa-in-force"):
        assert client.get(path).status_code == 200
        assert least_seconds(partial(client.get, path)) < 0.3
    assert client.get("/scenarios/nothing").status_code == 404
    assert client.get("/scenarios/new?start=nothing").status_code == 404
    assert client.get("/scenarios?page=" + "9" * 5000).status_code == 200
