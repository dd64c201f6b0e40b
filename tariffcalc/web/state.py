"""What the application holds between requests: settings, queue, and the store, opened when it is first needed."""

from __future__ import annotations

from threading import Lock

from flask import Flask, current_app

from tariffcalc.jobs import WakeQueue
from tariffcalc.settings import Settings
from tariffcalc.store import Store, StoreUnavailableError

_NAME = "tariffcalc"


class State:
    """The settings and the store of one application."""

    def __init__(self, settings: Settings) -> None:
        """Keep the settings; nothing is opened yet."""
        self.settings = settings
        self.queue = WakeQueue(settings)
        self._store: Store | None = None
        self._opening = Lock()

    @property
    def store(self) -> Store:
        """The store. A database that does not answer now is asked again next time: ``StoreUnavailableError``."""
        with self._opening:
            if self._store is None:
                try:
                    self._store = Store.open(self.settings)
                except OSError as error:
                    raise StoreUnavailableError("the folder of what is saved cannot be used") from error
            return self._store


def keep(app: Flask, settings: Settings) -> None:
    """Let the application go by these settings."""
    app.extensions[_NAME] = State(settings)


def settings() -> Settings:
    """The settings of the application that answers."""
    return _state().settings


def store() -> Store:
    """The store of the application that answers. Raises ``StoreUnavailableError``."""
    return _state().store


def queue() -> WakeQueue:
    """The queue that wakes the workers of long estimates."""
    return _state().queue


def _state() -> State:
    found: State = current_app.extensions[_NAME]
    return found
