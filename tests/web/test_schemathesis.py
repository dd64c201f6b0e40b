"""schemathesis asks a running service everything that the contract allows and much that it does not: no failure.

Of its checks one is left out: ``positive_data_acceptance`` holds that whatever fits the schema is accepted, while no
schema can say which products a tariff knows or which rows of a table fit together.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from live import UNHURRIED, service

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
)
EXAMPLES = 12
"""Cases of each operation beside those that its schema's edges give."""


@pytest.mark.contract
def test_the_service_keeps_its_contract(tmp_path: Path) -> None:
    with service(tmp_path / "home", **UNHURRIED) as address:
        done = subprocess.run(
            [
                *(Path(sys.executable).with_name("schemathesis"), "run", f"{address}/openapi.json"),
                *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
                *("--max-examples", str(EXAMPLES), "--workers", "2", "--seed", "1", "--request-timeout", "600"),
                *("--warnings", "off", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Coverage" in done.stdout
