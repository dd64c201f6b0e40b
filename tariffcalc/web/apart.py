"""Estimates in a process of their own: while one is reckoned the interpreter is free for small questions.

Threads of one process share one interpreter, so an estimate would hold up every rate that the same process answers.
Each web process therefore forks a second one when it begins, before it has threads, and hands its estimates to that.
Where none was forked (a test, a development server) estimates are reckoned in place.
"""

from __future__ import annotations

import importlib
import inspect
import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import wraps
from multiprocessing import get_context
from threading import Thread
from time import sleep
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, g

from tariffcalc.errors import search_at_most
from tariffcalc.web.limits import MOST_SEARCHES
from tariffcalc.web.problems import ProblemError

P = ParamSpec("P")
T = TypeVar("T")

NICE = 10
"""How much the second process stands back where processors are short: an estimate can wait, a rate should not."""

_NAME = "tariffcalc-apart"
_LOOK = 0.25
_app: Flask | None = None


def start(app: Flask, listeners: Iterable[Any] = (), processes: int = 1) -> None:
    """Fork the second process, or several; they close the ``listeners`` of the first. Before there are threads."""
    pool = ProcessPoolExecutor(processes, get_context("fork"), _begin, (app, os.getpid(), list(listeners)))
    pool.submit(os.getpid).result()
    app.extensions[_NAME] = pool


def apart(work: Callable[P, T]) -> Callable[P, T]:
    """Do ``work`` in the second process. What it is given and gives back, or raises, is copied between the two."""

    @wraps(work)
    def handed_over(*args: P.args, **given: P.kwargs) -> T:
        pool: ProcessPoolExecutor | None = current_app.extensions.get(_NAME)
        if pool is None:
            return work(*args, **given)
        told = g.get("request_id"), g.get("began")
        try:
            done: T = pool.submit(_do, work.__module__, work.__qualname__, told, args, given).result()
        except BrokenProcessPool as error:
            os.kill(os.getpid(), signal.SIGTERM)  # the server replaces this process, and with it the second one
            said = "the process that reckoned this has ended: it may need more memory than there is"
            raise ProblemError(503, said, code="worker-lost", headers={"Retry-After": "5"}) from error
        return done

    return handed_over


def _do(module: str, name: str, told: tuple[Any, Any], args: Any, given: Any) -> Any:
    """In the second process: the function itself, for the request of that name and beginning."""
    work = inspect.unwrap(getattr(importlib.import_module(module), name))
    if _app is None:
        raise RuntimeError("the second process has no application")
    search_at_most(MOST_SEARCHES)
    with _app.app_context():
        g.request_id, g.began = told
        return work(*args, **given)


def _begin(app: Flask, parent: int, listeners: list[Any]) -> None:
    """In the second process, first of all: be nobody's server, give way to others, end when the first process does."""
    global _app  # noqa: PLW0603 - one process, one application
    _app = app
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for listener in listeners:
        listener.sock.close()
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_LOOK)
    os._exit(0)
