"""Examples for the contract: texts as they are sent and answered, and objects put together from their members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TABLES: Mapping[str, str] = {
    "text/csv": "origin,product,period,customs_value\r\nCAN,7208390015,2025-05,1000000\r\n",
    "text/tab-separated-values": "origin\tproduct\tperiod\tcustoms_value\nCAN\t7208390015\t2025-05\t1000000\n",
}
"""A table of trade as a body."""

_RESULT = (
    "origin,period,customs_value,duty,effective_rate,resolved_share\r\n"
    "CAN,2025-03,35477322931.00,1450828182.80,0.040933,0.999061\r\n"
)
ANSWERS: Mapping[str, str] = {
    "rates": (
        "product,description,importer,origin,date,rate,base_rate,additional_rate,resolved,prohibited,value,duty,refund,"
        "fees,currency,measures,warnings\r\n8429511050,Front-end shovel loaders,USA,MEX,2025-06-10,0.250000,0.000000,"
        "0.250000,true,false,10000.00,2500.00,,34.64,USD,mfn + ieepa-mexico,\r\n"
    ),
    "rates/history": (
        "segment_from,segment_until,measure,authority,statutory_rate,share,applied_rate,status,total_rate,why\r\n"
        "2025-03-04,2025-05-01,ieepa-mexico,IEEPA,0.250000,1.000000,0.250000,void,0.250000,25 % since 2025-03-04\r\n"
    ),
    "changes": (
        "takes_effect,announced,measure,authority,kind,change,act,url,cost,cost_of_day\r\n"
        '2026-06-08,2026-06-01,s232-metals26-annex3,Section 232,products,list s232-metals26-16c-x: +34 -0 codes,"'
        'Proclamation 11032 of June 1, 2026",https://www.federalregister.gov/citation/91-FR-34085,,\r\n'
    ),
    "quotes": (
        "line,status,product,origin,date,rate,duty,code,message\r\n1,ok,8429511050,MEX,2025-06-10,0.250000,2500.00,,\r\n"
    ),
}
"""CSV as it is answered, by the address after ``/v1/`` without its ending; any other is a result."""


def show(path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Give every body and answer that people can read an example."""
    for kind, media in _contents([operation.get("requestBody", {})]):
        if kind in TABLES:
            media.setdefault("example", TABLES[kind])
    about = path.removeprefix("/v1/").partition(".")[0]
    for kind, media in _contents(operation["responses"].values()):
        if kind == "text/csv":
            media.setdefault("example", ANSWERS.get(about, _RESULT))
    for kind, media in _contents([operation.get("requestBody", {}), *operation["responses"].values()]):
        if kind == "application/json" and (found := sample(media["schema"], schemas)) is not None:
            media.setdefault("example", found)


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """An example of a schema from the examples in it; None where it has none."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "oneOf" in schema or "anyOf" in schema:
        return sample((schema.get("oneOf") or schema["anyOf"])[0], schemas)
    for name in ("example", "default"):
        if name in schema:
            return schema[name]
    if "items" in schema:
        one = sample(schema["items"], schemas)
        return None if one is None else [one]
    members = {name: sample(inner, schemas) for name, inner in schema.get("properties", {}).items()}
    return {name: value for name, value in members.items() if value is not None} or None


def _contents(parts: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The media types of bodies and answers with what is told of each."""
    for part in parts:
        yield from part.get("content", {}).items()
