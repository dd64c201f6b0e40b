"""Texts that are large, deep or endless: JSON and CSV."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hostile_made import Made

TEXTS = Made("texts")
FLOWS, ESTIMATES, QUOTES, SCENARIOS = (f"POST /v1/{name}" for name in ("flows", "estimates", "quotes", "scenarios"))

HEADER = "origin,product,period,customs_value\n"
ROW = {"origin": "CAN", "product": "7208390015", "period": "2025-05", "customs_value": 1000}
LINE = {"product": "2709002010", "origin": "CAN", "date": "2025-03-05"}
CHANGE = {"set": "s232-steel", "rate": "25%", "from": "2025-06-04"}
DEPTH = 500
"""Deep, and not so deep that it is no JSON any more for whoever reads it."""


def words(count: int, signs: int = 15) -> list[str]:
    """Different words that mean nothing, the same each time."""
    chance = Random(1)  # noqa: S311 - nothing secret
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=signs)) for _ in range(count)]


def deep(opening: str = "[", inner: str = "", closing: str = "]", depth: int = DEPTH) -> str:
    """One thing inside another, for ``body`` to take as it is."""
    return f"@{opening * depth}{inner}{closing * depth}@"


def body(**members: Any) -> bytes:
    """An object of JSON; a text ``@...@`` stands for what is between the signs, as it is."""
    return json.dumps(members).replace('"@', "").replace('@"', "").replace('\\"', '"').encode()


@TEXTS.add(FLOWS, "json", "400 malformed")
def a_hundred_thousand_lists() -> bytes:
    return deep(depth=100_000).strip("@").encode()


@TEXTS.add(ESTIMATES, "json", "400 malformed")
def a_hundred_thousand_lists_that_are_never_closed() -> bytes:
    return b"[" * 100_000


@TEXTS.add(SCENARIOS, "json", "400 malformed")
def a_hundred_thousand_objects() -> bytes:
    return deep('{"a":', "1", "}", 100_000).strip("@").encode()


@TEXTS.add(FLOWS, "json", "422 value-not-a-number")
def a_deep_cell() -> bytes:
    return body(rows=[{**ROW, "customs_value": deep()}])


@TEXTS.add(FLOWS, "json", "422 flow-table")
def a_deep_row() -> bytes:
    return body(rows=deep())


@TEXTS.add(ESTIMATES, "json", "422 wrong-type")
def a_deep_list_of_groups() -> bytes:
    return body(flows="us-north-america-2025", by=deep())


@TEXTS.add(ESTIMATES, "json", "422 unknown-name")
def deep_options() -> bytes:
    return body(flows="us-north-america-2025", vary={"preference": deep()})


@TEXTS.add(SCENARIOS, "json", "422 scenario")
def a_deep_scenario() -> bytes:
    return body(name="mine", change=deep())


@TEXTS.add(SCENARIOS, "json", "422 scenario")
def a_deep_rate() -> bytes:
    return body(name="mine", change=[{**CHANGE, "rate": deep('{"cap":', "1", "}")}])


@TEXTS.add(ESTIMATES, "json", "422 scenario")
def deep_assumptions() -> bytes:
    assumed = deep('{"preference":', "1", "}")
    return body(flows="us-north-america-2025", scenario={"name": "mine", "assumptions": assumed})


@TEXTS.add(QUOTES, "json", "422 wrong-type")
def deep_defaults() -> bytes:
    return body(lines=[LINE], defaults=deep(inner="1"))


@TEXTS.add(FLOWS, "json", "400 malformed")
def a_number_of_five_thousand_digits() -> bytes:
    return body(rows=[{**ROW, "customs_value": f"@{'9' * 5000}@"}])


@TEXTS.add(ESTIMATES, "json", "422 not-a-number")
def a_seed_of_four_thousand_digits() -> bytes:
    return body(flows="us-north-america-2025", demand=f"@{'9' * 4000}@")


@TEXTS.add(FLOWS, "json", "422 value-not-a-number")
def a_value_of_four_thousand_digits() -> bytes:
    return body(rows=[{**ROW, "customs_value": f"@{'9' * 4000}@"}])


@TEXTS.add(FLOWS, "json", "422 bad-name")
def a_name_of_five_million_signs() -> bytes:
    return body(rows=[ROW], name="x" * 5_000_000)


@TEXTS.add(SCENARIOS, "json", "413 too-large")
def a_scenario_of_two_million_signs() -> bytes:
    return body(name="x" * 2_000_000)


@TEXTS.add(FLOWS, "json", "422 unknown-parameter")
def a_hundred_thousand_keys() -> bytes:
    return body(rows=[ROW], **dict.fromkeys(words(100_000, 8), 1))


@TEXTS.add(FLOWS, "json", "413 table-too-large")
def rows_that_each_have_a_key_of_their_own() -> bytes:
    return body(rows=[{f"k{number}": 1} for number in range(7_000)])


@TEXTS.add(FLOWS, "json", "422 flow-table")
def three_hundred_thousand_rows_that_are_none() -> bytes:
    return body(rows=[1] * 300_000)


@TEXTS.add(ESTIMATES, "json", "422 unknown-country")
def five_thousand_countries_that_nobody_knows() -> bytes:
    return body(flows=[{**ROW, "origin": word} for word in words(5_000)])


@TEXTS.add(ESTIMATES, "json", "422 table-too-large")
def elasticities_without_end() -> bytes:
    return body(flows="us-north-america-2025", elasticities=[{}] * 60_000)


@TEXTS.add(ESTIMATES, "json", "422 unknown-by")
def groups_without_end() -> bytes:
    return body(flows="us-north-america-2025", by=words(100_000))


@TEXTS.add(SCENARIOS, "json", "422 scenario")
def changes_of_measures_that_nobody_knows() -> bytes:
    return body(name="mine", change=[{"pause": word} for word in words(500)])


@TEXTS.add(ESTIMATES, "json", "422 too-many")
def a_scenario_of_changes_without_end() -> bytes:
    return body(flows="us-north-america-2025", scenario={"name": "mine", "change": [CHANGE] * 30_000})


@TEXTS.add(SCENARIOS, "json", "422 scenario-too-large")
def changes_that_cut_every_measure_in_two_each_time() -> bytes:
    parts = ({"origins": [country], "products": ["44"]} for country in ("CAN", "MEX", "CHN", "JPN", "KOR", "IND"))
    return body(name="mine", change=[{"set": "*", "rate": "10%", "where": part} for part in parts])


@TEXTS.add(QUOTES, "json", "413 table-too-large")
def more_lines_than_are_taken() -> bytes:
    return body(lines=[LINE] * 10_001)


@TEXTS.add(QUOTES, "csv", "413 table-too-large")
def more_lines_than_are_taken_as_rows() -> bytes:
    return ("product,origin,date\n" + "2709002010,CAN,2025-03-05\n" * 10_001).encode()


@TEXTS.add(QUOTES, "json", "422 too-many")
def lines_that_are_each_under_a_law_of_their_own() -> bytes:
    days = (f"{2000 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}" for number in range(5_000))
    return body(lines=[{**LINE, "as_known_on": day} for day in days])


@TEXTS.add(FLOWS, "csv", "413 table-too-large")
def a_million_columns() -> bytes:
    return b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000


@TEXTS.add(FLOWS, "csv", "422 missing-column")
def eight_thousand_columns() -> bytes:
    return f"{','.join(words(8_000, 6))}\n{','.join('1' * 8_000)}\n".encode()


@TEXTS.add(FLOWS, "csv", "413 table-too-large")
def columns_without_a_name_that_no_row_has() -> bytes:
    return ("a" + "," * 16_000 + "\n" + "1\n" * 4_000).encode()


@TEXTS.add(FLOWS, "csv", "422 unreadable-row")
def a_cell_of_two_million_digits() -> bytes:
    return f"{HEADER}CAN,7208390015,2025-05,{'9' * 2_000_000}\n".encode()


@TEXTS.add(FLOWS, "csv", "422 unreadable-row")
def a_cell_that_never_ends() -> bytes:
    return f'{HEADER}"{"x" * 200_000}'.encode()


@TEXTS.add(FLOWS, "csv", "422 unreadable-row")
def a_hundred_thousand_quotes() -> bytes:
    return (HEADER + '"' * 100_001).encode()


@TEXTS.add(FLOWS, "csv", "422 value-not-a-number")
def a_decimal_comma_and_a_hundred_thousand_blanks() -> bytes:
    return f"{HEADER.replace(',', ';')}CAN;7208390015;2025-05;1,5{' ' * 100_000}x\n".encode()


@TEXTS.add(FLOWS, "csv", "422 value-not-a-number")
def a_number_of_a_hundred_thousand_digits_and_a_letter() -> bytes:
    return f"{HEADER}CAN,7208390015,2025-05,{'9' * 100_000}x\n".encode()


@TEXTS.add(FLOWS, "csv", "422 share-not-a-number")
def a_share_of_a_hundred_thousand_digits_and_a_letter() -> bytes:
    head = HEADER.replace("\n", ",steel_share\n")
    return f"{head}CAN,7208390015,2025-05,1,{'9' * 100_000}x\n".encode()


@TEXTS.add(FLOWS, "csv", "422 value-not-a-number")
def a_hundred_thousand_signs_of_currency() -> bytes:
    return f"{HEADER}CAN,7208390015,2025-05,{'$' * 100_000}x\n".encode()


@TEXTS.add(FLOWS, "csv", "422 flow-table")
def a_million_blank_lines() -> bytes:
    return b"\n" * 1_000_000


@TEXTS.add(FLOWS, "csv", "422 wrong-cell-count")
def fifteen_thousand_rows_that_are_too_short() -> bytes:
    return (HEADER + "CAN,7208390015,2025-05,1\n" + "x\n" * 15_000).encode()


@TEXTS.add(FLOWS, "csv", "422 flow-table")
def half_a_million_rows_that_are_too_short() -> bytes:
    return (HEADER + "x\n" * 500_000).encode()


@TEXTS.add(FLOWS, "csv", "422 flow-table")
def a_hundred_thousand_rows_of_four_faults_each() -> bytes:
    return (HEADER + "Atlantis,steel,never,much\n" * 100_000).encode()


@TEXTS.add(FLOWS, "csv", "413 too-large")
def more_bytes_than_are_taken() -> bytes:
    return b"x" * 50_000_001


@TEXTS.add(FLOWS, "csv", "413 too-large", Transfer_Encoding="chunked")
def more_bytes_than_are_taken_that_do_not_say_so() -> bytes:
    stretch = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    return stretch * 50 + b"0\r\n\r\n"


@TEXTS.add(FLOWS, "multipart/form-data; boundary=b", "413 too-large")
def a_form_of_ten_thousand_parts() -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * 10_000 + b"--b--\r\n"
