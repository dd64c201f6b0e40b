"""What a tariff costs: dated tariff law as data, applied to tables of trade, by sector and date."""

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import estimate, read_flows, read_scenario, read_schedule
from tariffcalc.law.scenario import Scenario
from tariffcalc.law.schedule import Schedule
from tariffcalc.rates import rate
from tariffcalc.result import Result

__all__ = [
    "Result",
    "Scenario",
    "Schedule",
    "TariffcalcError",
    "estimate",
    "rate",
    "read_flows",
    "read_scenario",
    "read_schedule",
]
