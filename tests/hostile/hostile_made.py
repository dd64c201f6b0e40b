"""How inputs that are too large or too binary to keep are told: a function makes each when it is sent."""

from __future__ import annotations

from collections.abc import Callable

from hostile_inputs import KINDS, Input

Maker = Callable[[], bytes]


class Made(list[Input]):
    """The inputs of one module, in the order in which they stand there; each is named after its function."""

    def __init__(self, group: str) -> None:
        """Name them after their group too."""
        super().__init__()
        self.group = group

    def add(self, send: str, kind: str, answer: str, **more: str) -> Callable[[Maker], Maker]:
        """Note a function whose bytes are sent as a ``kind`` of file and refused with ``answer``.

        ``more``: further headers, with underscores for hyphens.
        """

        def noted(maker: Maker) -> Maker:
            name = f"{self.group}: {maker.__name__.replace('_', ' ')}"
            headers = {header.replace("_", "-"): text for header, text in more.items()}
            self.append(Input(name, send, answer, KINDS.get(kind, kind), headers, maker))
            return maker

        return noted
