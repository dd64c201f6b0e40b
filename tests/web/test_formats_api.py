"""Every format out by every way of asking for it, every format in by every way of sending it."""

from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pytest
from flask.testing import FlaskClient

import tariffcalc as tc
from tariffcalc.formats import FORMATS, Options
from tariffcalc.web.api.bodies import TABLES

US = "us-north-america-2025"
ASKED = {"flows": US, "by": "origin", "from": "2025-03", "until": "2025-04"}
FRAME = pd.DataFrame(
    {
        "origin": ["CAN", "MEX"],
        "product": ["0201100510", "8429511050"],
        "period": ["2025-05", "2025-06"],
        "customs_value": [1000.5, 2_500_000.0],
    }
)


@pytest.fixture(scope="module")
def result() -> tc.Result:
    window = (pd.Timestamp("2025-03-01").date(), pd.Timestamp("2025-04-01").date())
    return tc.estimate(US, by=("origin",), window=window)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_by_suffix(client: FlaskClient, result: tc.Result, name: str) -> None:
    answer = client.get(f"/v1/estimates{FORMATS[name].suffix}", query_string=ASKED)
    assert (answer.status_code, answer.content_type) == (200, FORMATS[name].content_type)
    assert answer.data == result.to(name)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_by_accept(client: FlaskClient, result: tc.Result, name: str, method: str) -> None:
    headers = {"Accept": FORMATS[name].content_type.partition(";")[0]}
    given = {"query_string": ASKED} if method == "GET" else {"json": ASKED}
    answer = client.open("/v1/estimates", method=method, headers=headers, **given)
    assert (answer.status_code, answer.content_type) == (200, FORMATS[name].content_type)
    assert answer.data == result.to(name)
    assert "Accept" in answer.headers["Vary"]


def test_the_suffix_beats_accept(client: FlaskClient) -> None:
    """A browser asks for HTML and a spreadsheet for anything: the address says what it is."""
    answer = client.get("/v1/estimates.csv", query_string=ASKED, headers={"Accept": "text/html,application/json"})
    assert answer.content_type.startswith("text/csv")


def test_how_csv_is_written(client: FlaskClient, result: tc.Result) -> None:
    written = {"bom": "1", "decimal": ",", "sep": "|"}
    answer = client.get("/v1/estimates.csv", query_string={**ASKED, **written})
    assert answer.data == result.to("csv", Options(bom=True, decimal=",", sep="|"))


def table_as(kind: str) -> bytes:
    """The table as bytes of a media type."""
    buffer = io.BytesIO()
    if kind.endswith("parquet"):
        FRAME.to_parquet(buffer, index=False)
    elif kind.endswith("sheet"):
        FRAME.to_excel(buffer, index=False, engine="xlsxwriter")
    elif "arrow" in kind:
        table = pa.Table.from_pandas(FRAME)
        opened = pa.ipc.new_file if kind.endswith("file") else pa.ipc.new_stream
        with opened(buffer, table.schema) as writer:
            writer.write_table(table)
    else:
        return FRAME.to_csv(index=False, sep="\t" if "tab" in kind else ",").encode()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_table_in(client: FlaskClient, kind: str) -> None:
    """As the body, as a form's file, and saved: always the same duty."""
    expected = tc.estimate(tc.read_flows(FRAME, importer="USA"), by=("origin",)).to("csv")
    data, csv = table_as(kind), {"Accept": "text/csv"}
    assert client.post("/v1/estimates?by=origin", data=data, content_type=kind, headers=csv).data == expected
    file = (io.BytesIO(data), f"mine{TABLES[kind]}")
    assert client.post("/v1/estimates", data={"flows": file, "by": "origin"}, headers=csv).data == expected
    saved = client.post("/v1/flows?importer=USA&name=mine", data=data, content_type=kind)
    assert saved.status_code == 201
    asked = {"flows": saved.get_json()["id"], "by": "origin"}
    assert client.get("/v1/estimates.csv", query_string=asked).data == expected


def test_rows_in(client: FlaskClient) -> None:
    expected = tc.estimate(tc.read_flows(FRAME, importer="USA"), by=("origin",)).to("csv")
    rows = FRAME.to_dict("records")
    answer = client.post("/v1/estimates", json={"flows": rows, "by": ["origin"]}, headers={"Accept": "text/csv"})
    assert answer.data == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_names_of_saved_things_run_in_no_format(client: FlaskClient, start: str) -> None:
    """The name of a table stands in titles and records: no format makes a formula of it."""
    name = f"{start}HYPERLINK(1)"
    saved = client.post(
        "/v1/flows", query_string={"importer": "USA", "name": name}, data=table_as("text/csv"), content_type="text/csv"
    )
    assert saved.status_code == 201
    asked = {"flows": saved.get_json()["id"], "by": "origin"}
    workbook = client.get("/v1/estimates.xlsx", query_string=asked)
    assert workbook.status_code == 200
    sheets = pd.read_excel(io.BytesIO(workbook.data), sheet_name=None, header=None, engine="calamine", dtype=str)
    assert str(sheets["Summary"].iloc[0, 0]).startswith(name.strip())
    for suffix in ("csv", "md", "txt"):
        text = client.get(f"/v1/estimates.{suffix}", query_string=asked).text
        assert not any(line.startswith(name) for line in text.splitlines() if suffix == "csv")
        assert f"| {name}" not in text
