"""Look-up of elasticities: the longest prefix wins, the first table that knows wins, and every level is told."""

from __future__ import annotations

import numpy as np
import pytest

from tariffcalc.errors import BadRequestError
from tariffcalc.impact.elasticities import (
    DEFAULT_SPREAD,
    ElasticityTable,
    ParameterRows,
    above,
    default_warnings,
    elasticities_of,
    plain_table,
)

UNKNOWN = np.nan


def rows(values: dict[str, float], errors: dict[str, float] | None = None, origins: tuple[str, ...] = ()):
    errors = errors or {}
    return ParameterRows(
        tuple(values),
        np.array(list(values.values())),
        np.array([errors.get(code, UNKNOWN) for code in values]),
        origins,
    )


def table(name: str, **parameters: ParameterRows) -> ElasticityTable:
    return ElasticityTable(name, f"source of {name}", "2001", parameters)


SIGMA = table("sigma", substitution=rows({"": 3.0, "87": 4.0, "870": 5.0, "870323": 6.0, "87032301": 7.0}))
REST = table("rest", demand=rows({"": -1.25}), supply=rows({"": 1.5}))


@pytest.mark.parametrize(
    ("product", "sigma", "level"),
    [
        ("8703230190", 7.0, "HS8"),
        ("8703230000", 6.0, "HS6"),
        ("87032301", 7.0, "HS8"),
        ("870323", 6.0, "HS6"),
        ("8703", 5.0, "HS3"),
        ("8711", 4.0, "chapter"),
        ("01", 3.0, "default"),
    ],
)
def test_the_longest_prefix_wins(product: str, sigma: float, level: str) -> None:
    known = elasticities_of([product], np.array([0]), ["CAN"], [SIGMA, REST])
    assert known.elasticities.substitution.tolist() == [sigma]
    assert known.told(np.array([5.0]), np.array([0]))["substitution"] == [
        {"level": level, "source": "source of sigma", "value_share": 1.0}
    ]


def test_a_row_longer_than_the_product_does_not_count() -> None:
    narrow = table("narrow", substitution=rows({"87032300": 9.0, "": 2.0}))
    known = elasticities_of(["870323", "8703230000"], np.array([0, 1]), ["CAN", "CAN"], [narrow, REST])
    assert known.elasticities.substitution.tolist() == [2.0, 9.0]


def test_the_first_table_that_knows_a_parameter_wins_whatever_its_level() -> None:
    known = elasticities_of(["870323"], np.array([0]), ["CAN"], [plain_table(substitution=2.5), SIGMA, REST])
    assert known.elasticities.substitution.tolist() == [2.5]
    assert known.elasticities.demand.tolist() == [-1.25]
    assert known.told(np.ones(1), np.array([0]))["substitution"][0]["level"] == "given"


def test_supply_by_origin_beats_supply_of_any() -> None:
    own = table("own", supply=rows({"": 2.0, "87": 3.0}, origins=("CAN", "")))
    known = elasticities_of(["01", "87"], np.array([0, 0, 1, 1]), ["CAN", "MEX", "CAN", "MEX"], [own, SIGMA, REST])
    assert known.elasticities.supply.tolist() == [2.0, 1.5, 3.0, 3.0]


def test_shares_of_value_by_level_add_up_and_defaults_are_told() -> None:
    market, value = np.array([0, 0, 1]), np.array([10.0, 20.0, 70.0])
    known = elasticities_of(["870323", "01"], market, ["CAN", "MEX", "CAN"], [SIGMA, REST])
    told = known.told(value, market)
    assert {one["level"]: one["value_share"] for one in told["substitution"]} == {"HS6": 0.3, "default": 0.7}
    said = default_warnings(told)
    assert any("substitution: 70.0%" in text for text in said)
    assert any("demand: 100.0%" in text for text in said)
    assert default_warnings({"demand": [{"level": "HS6", "source": "x", "value_share": 1.0}]}) == []


def test_a_parameter_that_no_table_knows_is_refused_with_its_product() -> None:
    with pytest.raises(BadRequestError, match="demand of product 870323"):
        elasticities_of(["870323"], np.array([0]), ["CAN"], [SIGMA])


def test_standard_errors_become_spreads_of_the_log() -> None:
    exact = table("exact", substitution=rows({"": 3.0}, {"": 0.4}), demand=rows({"": -2.0}, {"": 0.1}))
    found = elasticities_of(["01"], np.array([0]), ["CAN"], [exact, REST]).found
    assert found["substitution"].spread[0] == pytest.approx(np.sqrt(np.log1p((0.4 / 2.0) ** 2)))
    assert found["demand"].spread[0] == pytest.approx(np.sqrt(np.log1p((0.1 / 2.0) ** 2)))
    assert not found["demand"].assumed[0]
    assert found["supply"].spread[0] == DEFAULT_SPREAD
    assert found["supply"].assumed[0]


def test_what_comes_from_one_row_has_one_place() -> None:
    found = elasticities_of(["870323", "8711", "8712"], np.array([0, 1, 2]), ["CAN"] * 3, [SIGMA, REST]).found
    one, two, three = found["substitution"].place.tolist()
    assert two == three != one
    assert len(set(found["demand"].place.tolist())) == 1


def test_the_part_of_a_substitution_that_is_drawn() -> None:
    assert above("substitution", np.array([3.0, 1.0, 0.5])).tolist() == [2.0, 1.0, 0.5]
    assert above("demand", np.array([-1.25])).tolist() == [1.25]


@pytest.mark.parametrize(
    ("name", "number"),
    [("demand", 0.0), ("demand", 1.25), ("demand", float("-inf")), ("substitution", -3.0), ("supply", 0.0)],
)
def test_a_figure_out_of_its_range_is_refused(name: str, number: float) -> None:
    with pytest.raises(BadRequestError, match=name):
        plain_table(**{name: number})


def test_figures_that_are_not_given_are_left_to_the_next_table() -> None:
    given = plain_table(demand=None, supply=float("inf"))
    assert set(given.rows) == {"supply"}
