"""The bundled flow tables."""

import pytest

from tariffcalc.engine.flow_table import content_digest
from tariffcalc.engine.flows import check_flows
from tariffcalc.errors import UnknownNameError
from tariffcalc.sources.bundled import bundled_names, read_bundled, read_bundled_meta
from tariffcalc.sources.countries import country_codes


@pytest.mark.parametrize("name", bundled_names())
def test_a_bundled_table_would_pass_the_checks_that_it_is_spared(name: str) -> None:
    """It is trusted because it is right: checking it changes nothing."""
    frame = read_bundled(name).frame.drop(columns="calculated_duty", errors="ignore")
    checked = check_flows(frame, countries=country_codes(), is_known_product=bool, name=name)
    assert checked.digest == content_digest(frame)
    assert checked.frame.columns.tolist() == frame.columns.tolist()
    assert checked.warnings == ()


@pytest.mark.parametrize("name", bundled_names())
def test_a_bundled_table_is_as_its_meta_says(name: str) -> None:
    """Rows, window and title are those of the file beside it."""
    flows, meta = read_bundled(name), read_bundled_meta(name)
    assert len(flows.frame) == meta["rows"]
    assert [day.isoformat() for day in flows.window] == [meta["flows"]["window_from"], meta["flows"]["window_until"]]
    assert (flows.name, flows.title, flows.currency) == (name, meta["title"], "USD")


def test_an_unknown_table_gets_the_nearest_name() -> None:
    """A slip of the pen is answered with the right name."""
    assert "us-north-america-2025" in bundled_names()
    with pytest.raises(UnknownNameError) as caught:
        read_bundled("us-north-america-2052")
    assert "us-north-america-2025" in str(caught.value.hint)
