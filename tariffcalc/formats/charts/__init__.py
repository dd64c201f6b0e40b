"""Pictures of results: a table in, a Vega-Lite chart out, drawn here as SVG or PNG or by the reader's browser."""

from tariffcalc.formats.charts.picture import PNG, SVG

__all__ = ["PNG", "SVG"]
