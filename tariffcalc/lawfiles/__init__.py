"""The law as files: ``rates/`` -> law types, and scenarios -> overlays.

Every fault of every file is reported at once, with its file, key, what is wrong and what to do.
"""

from tariffcalc.lawfiles.folder import importers, read_schedule
from tariffcalc.lawfiles.scenarios import parse_scenario, read_scenario_file, scenario_names

__all__ = ["importers", "parse_scenario", "read_scenario_file", "read_schedule", "scenario_names"]
