"""Where the data folders are looked for."""

from pathlib import Path

import pytest

from tariffcalc.paths import data_root, rates_folder, trade_data_folder


def test_a_checkout_carries_its_data() -> None:
    """Without any setting the folders of the checkout, or of the installed package, are used."""
    assert rates_folder().is_dir()
    assert trade_data_folder().is_dir()


def test_a_setting_names_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TARIFFCALC_DATA comes first."""
    monkeypatch.setenv("TARIFFCALC_DATA", str(tmp_path))
    assert data_root() == tmp_path.resolve()
    assert trade_data_folder() == tmp_path.resolve() / "trade_data"
