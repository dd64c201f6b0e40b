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
        """Hand the settings over."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application."""
        return create_app({"WARM_UP": True})


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    Server({"bind": f"{host}:{port}", "workers": workers, "preload_app": True, "timeout": 120}).run()
