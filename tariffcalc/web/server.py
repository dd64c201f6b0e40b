"""The production server: gunicorn with the application loaded once, before its workers are forked."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from tariffcalc.web import create_app


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
        """The application."""
        return create_app({"WARM_UP": True})


def settings_for(host: str, port: int, workers: int) -> dict[str, Any]:
    """Where to listen, and the rest by which the service is run: no way to steer it but signals."""
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "preload_app": True,
        "timeout": 120,
        "control_socket_disable": True,
    }


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    Server(settings_for(host, port, workers)).run()
