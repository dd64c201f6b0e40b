"""``/v1/measures``, ``/v1/products``, ``/v1/flows``, ``/v1/scenarios``: what there is."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from problem_words import faults_of, problem_of

import tariffcalc as tc
from tariffcalc.errors import UnknownNameError
from tariffcalc.lawview import measure, measures
from tariffcalc.ratetext import measure_text


def ids(client: FlaskClient, **asked: object) -> list[str]:
    found = client.get("/v1/measures", query_string={"page_size": 200, **asked}).get_json()
    assert found["total"] == len(found["measures"])
    return [one["id"] for one in found["measures"]]


def test_all_measures(client: FlaskClient) -> None:
    assert ids(client) == sorted(tc.read_schedule().measures)


@pytest.mark.parametrize(
    "asked",
    [
        {"origin": "Canada"},
        {"product": "7208.39.00.15"},
        {"authority": "ieepa"},
        {"q": "steel"},
        {"on": "2025-06-05", "origin": "MEX", "product": "8703230190"},
    ],
)
def test_filters(client: FlaskClient, asked: dict[str, str]) -> None:
    given = {**asked, **({"on": date.fromisoformat(asked["on"])} if "on" in asked else {})}
    expected = [one["id"] for one in measures(**given)]  # type: ignore[arg-type]
    assert 0 < len(expected) < len(tc.read_schedule().measures)
    assert ids(client, **asked) == expected


def test_pages_hold_every_measure_once(client: FlaskClient) -> None:
    found, link = [], "/v1/measures?page_size=10&page=1"
    while link:
        answer = client.get(link)
        found += [one["id"] for one in answer.get_json()["measures"]]
        following = [part for part in answer.headers.get("Link", "").split(", ") if 'rel="next"' in part]
        link = following[0].split(">")[0][1:] if following else ""
    assert found == sorted(tc.read_schedule().measures)


def test_a_page_beyond_the_last_is_empty(client: FlaskClient) -> None:
    found = client.get("/v1/measures?page=1000").get_json()
    assert found["measures"] == []
    assert found["pages"] == -(-len(tc.read_schedule().measures) // 50)


def test_one_measure(client: FlaskClient) -> None:
    assert client.get("/v1/measures/ieepa-canada").get_json() == measure("ieepa-canada")


def test_an_unknown_measure_is_not_found_and_the_nearest_named(client: FlaskClient) -> None:
    body = problem_of(client.get("/v1/measures/ieepa-canad"), 404)
    assert (body["code"], "ieepa-canada" in body["hint"]) == ("unknown-name", True)


def test_faults_of_the_filters(client: FlaskClient) -> None:
    asked = {"origin": "x", "product": "y", "on": "z", "importer": "BRA", "page": 0, "page_size": "all", "order": "id"}
    assert faults_of(client.get("/v1/measures", query_string=asked)) == {
        "origin": "unknown-country",
        "product": "product-not-digits",
        "on": "bad-date",
        "importer": "unknown-name",
        "page": "out-of-range",
        "page_size": "not-a-number",
        "order": "unknown-parameter",
    }
    assert problem_of(client.get("/v1/measures?authority=magic"), 422)["code"] == "unknown-name"


def products(client: FlaskClient, q: str, **asked: object) -> list[str]:
    found = client.get("/v1/products", query_string={"q": q, **asked}).get_json()
    return [one["product"] for one in found["products"]]


def test_products_by_the_beginning_of_a_code(client: FlaskClient) -> None:
    found = products(client, "2709.00", limit=100)
    assert "2709002010" in found
    assert found == sorted(found)
    assert all(code.startswith("270900") for code in found)


def test_products_by_words(client: FlaskClient) -> None:
    """Each word must begin one of the line's or of the headings above it; a plural finds the singular."""
    assert products(client, "front-end loaders wheel")[0].startswith("8429")
    assert products(client, "Crude oil")[0].startswith("2709")
    assert products(client, "condensates natural gas")[0] == "2709002010"
    assert products(client, "xyzzy") == []


FIRST = {
    "front-end loader": "842951",  # and not the attachments of 8431
    "crude oil": "270900",
    "maple syrup": "170220",
    "beer": "220300",
    "car": "8703",  # and not diamonds by the carat
    "battery": "850760",
    "steel coil": "72",
    "avocado": "080440",
    "tomatoes": "0702",
    "tomato": "0702",  # and not sauces
    "t-shirt": "610910",
    "lumber": "44",
    "beef cuts": "0201",
    "engine": "8407",  # and not the cars that have one
    "brake": "870830",  # a part by its own name
    "refrigerator": "841810",
    "washing machine": "8450",
}


@pytest.mark.parametrize(("q", "code"), FIRST.items())
def test_what_the_words_name_comes_first(client: FlaskClient, q: str, code: str) -> None:
    assert products(client, q, limit=1)[0].startswith(code)


@pytest.mark.parametrize(
    ("goods", "parts"), [("refrigerator", "841899"), ("engine", "8409"), ("front-end loader", "843149")]
)
def test_parts_come_first_where_the_question_says_parts(client: FlaskClient, goods: str, parts: str) -> None:
    lines = products(client, goods, limit=10)
    assert not any(code.startswith(parts) for code in lines)
    for asked in (f"{goods} parts", f"parts of {goods}s"):
        assert products(client, asked, limit=1)[0].startswith(parts), asked


def test_one_and_several_find_the_same(client: FlaskClient) -> None:
    for one, several in (("avocado", "avocados"), ("battery", "batteries"), ("loader", "loaders"), ("car", "cars")):
        assert products(client, one) == products(client, several), one


def test_products_are_limited_and_counted(client: FlaskClient) -> None:
    found = client.get("/v1/products?q=steel&limit=3").get_json()
    assert len(found["products"]) == 3
    assert found["total"] > 100


def test_faults_of_the_search(client: FlaskClient) -> None:
    assert faults_of(client.get("/v1/products?limit=0")) == {"q": "missing-parameter", "limit": "out-of-range"}
    assert faults_of(client.get("/v1/products?q=%20")) == {"q": "missing-parameter"}
    assert faults_of(client.get("/v1/products?q=**")) == {"q": "empty-search"}


def test_a_path_cannot_climb_out_of_its_folder(client: FlaskClient) -> None:
    for path in ("/v1/scenarios/..%2Fusa%2Ffacts", "/v1/flows/..%2F..%2Fpyproject", "/docs/ui/../../../etc/passwd"):
        assert problem_of(client.get(path), 404)["code"] == "not-found"


def test_an_origin_asked_for_has_its_own_rates_by_date(client: FlaskClient) -> None:
    """Switzerland: 10, 39, then 15 percent in total; Vietnam 20."""
    told = {}
    for origin in ("CHE", "VNM"):
        found = client.get("/v1/measures", query_string={"origin": origin, "q": "ieepa-reciprocal"}).get_json()
        own = next(one for one in found["measures"] if one["id"] == "ieepa-reciprocal")
        told[origin] = [(step["from"], step["rate"], step["heading"]) for step in own["rates"]]
    total = "up to 15 % in total, base duty included"
    assert told["CHE"] == [
        ("2025-04-05", "10 %", "9903.01.25"),
        ("2025-08-07", "39 %", "9903.02.58"),
        ("2025-11-14", total, "9903.02.82, 9903.02.83"),
        ("2026-02-24", "ended", ""),
    ]
    assert told["VNM"][1] == ("2025-08-07", "20 %", "9903.02.69")


def test_without_an_origin_the_range_is_told_and_each_origin_on_its_own_page(client: FlaskClient) -> None:
    one = client.get("/v1/measures/ieepa-reciprocal").get_json()
    said = {step["from"]: step["rate"] for step in one["rates"]}
    assert re.fullmatch(r"by origin, \d+ origins: 10 % to 41 %, for 28 of them up to 15 % .*", said["2025-08-07"])
    assert "for 31 of them" in said["2025-11-14"]
    by_origin = {row["origin"]: row["rates"] for row in one["by_origin"]}
    assert [step["rate"] for step in by_origin["VNM"]] == ["10 %", "20 %", "ended"]
    assert not {"CAN", "MEX", "USA"} & set(by_origin)
    text = measure_text(measure("ieepa-reciprocal"))
    assert "BGD, LKA, TWN, VNM: 2025-04-05 10 %; 2025-08-07 20 %; 2026-02-24 ended" in text
    assert client.get("/v1/measures", query_string={"q": "9903.02.69"}).get_json()["total"] == 1


def test_codes_of_a_list_are_counted_on_the_day(client: FlaskClient) -> None:
    """Those on it on the last day in force, or on the day asked for; and how many there ever were."""
    held = tc.read_schedule().lists["ieepa-recip-annex-ii"]
    for asked, day in (({}, date(2026, 2, 23)), ({"on": "2025-06-05"}, date(2025, 6, 5))):
        found = client.get("/v1/measures", query_string={"q": "ieepa-reciprocal", **asked}).get_json()["measures"]
        own = next(one for one in found if one["id"] == "ieepa-reciprocal")
        assert own["scope"]["on"] == day.isoformat()
        listed = own["scope"]["except_products"]["lists"][0]
        assert listed == {"name": held.name, "codes": len(held.codes_on(day)), "ever": 1324}
        assert 0 < listed["codes"] < 1324


def test_measures_by_id() -> None:
    names = ["s122", "ieepa-reciprocal"]
    assert [one["id"] for one in measures(ids=names)] == sorted(names)
    with pytest.raises(UnknownNameError) as told:
        measures(ids=["ieepa-recipocal"])
    assert "ieepa-reciprocal" in told.value.hint
