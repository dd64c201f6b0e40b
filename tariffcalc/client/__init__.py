"""The service from Python: ``Client(url)`` asks over HTTP what ``tariffcalc`` itself asks of its own law."""

from tariffcalc.client.answers import Part, RateAnswer, ResultAnswer, Run, Saved
from tariffcalc.client.client import Client
from tariffcalc.client.problems import ServiceError

__all__ = ["Client", "Part", "RateAnswer", "ResultAnswer", "Run", "Saved", "ServiceError"]
