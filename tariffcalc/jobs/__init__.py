"""Estimates that are reckoned apart from the request that asked for them.

``ask`` makes a question, ``submit`` files it and wakes a worker, ``answer`` reckons it: at once, or in the worker that
``tariffcalc worker`` runs.
"""

from tariffcalc.jobs.question import Options, ask
from tariffcalc.jobs.queue import WakeQueue, submit
from tariffcalc.jobs.work import answer

__all__ = ["Options", "WakeQueue", "answer", "ask", "submit"]
