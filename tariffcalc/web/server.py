"""The production server: gunicorn with the application loaded once, before its workers are forked."""

from __future__ import annotations

import gc
import shutil
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from prometheus_client.multiprocess import mark_process_dead

from tariffcalc.web import apart, create_app
from tariffcalc.web.limits import slots
from tariffcalc.web.metrics import share_counts

SWITCH_SECONDS = 0.001
"""How long a thread keeps the interpreter while another one waits: a rate is not to wait long for an estimate."""

_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn's own files, without names


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with settings of ours instead of a command line of its own."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Keep the settings, by gunicorn's names."""
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand over the settings that this version of gunicorn has."""
        for name, value in self.settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; what it has read stays, so that no worker looks through it again for what can be dropped."""
        app = create_app({"WARM_UP": True})
        gc.collect()
        gc.freeze()
        return app


def settings_for(host: str, port: int, workers: int, threads: int = 16) -> dict[str, Any]:
    """Where to listen, and the rest by which the service is run: no way to steer it but signals.

    Workers are processes, each with ``threads``: an estimate that waits for its turn holds a thread and nothing else.
    The service writes its own line for every request, so gunicorn writes none.
    """
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "tariffcalc.web.unread.Worker",
        "threads": threads,
        "preload_app": True,
        "timeout": 120,
        "graceful_timeout": 30,
        "keepalive": 5,
        "limit_request_line": 8190,
        "max_requests": 100_000,
        "max_requests_jitter": 10_000,
        "control_socket_disable": True,
        "worker_tmp_dir": _MEMORY if Path(_MEMORY).is_dir() else None,
        "on_starting": _starting,
        "post_fork": _forked,
        "child_exit": _ended,
        "on_exit": _leaving,
    }


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    Server(settings_for(host, port, workers)).run()


def _starting(server: Any) -> None:
    server.counts = share_counts()


def _forked(server: Any, worker: Any) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    app = worker.app.wsgi()
    apart.start(app, server.LISTENERS, -(-slots(app) // server.cfg.workers))


def _ended(_server: Any, worker: Any) -> None:
    """Drop what an ended worker counted of the present; what it counted in all stays."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _leaving(server: Any) -> None:
    if server.counts is not None:
        shutil.rmtree(server.counts, ignore_errors=True)
