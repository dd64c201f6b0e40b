"""Where the data folders ``rates/`` and ``trade_data/`` lie."""

import os
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """Return the folder that holds ``rates/`` and ``trade_data/``.

    ``TARIFFCALC_DATA`` names it where it is set; an installed wheel carries it as ``tariffcalc/_data``; in a checkout
    it is the repository's root.
    """
    if chosen := os.environ.get("TARIFFCALC_DATA"):
        return Path(chosen).expanduser().resolve()
    return _own_root()


@cache
def _own_root() -> Path:
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def rates_folder() -> Path:
    """Return the folder of the law, as data."""
    return data_root() / "rates"


def trade_data_folder() -> Path:
    """Return the folder of the facts of trade, as data."""
    return data_root() / "trade_data"
