"""The client of one server, with one key."""

from typing import Callable, Optional

from .core import Answered, Http
from .generated import API_VERSION, ERRORS, Resources


class Hundi(Resources):
    """Make one and keep it. Threads may share it: each request has a connection of its own.

    `key` is the key's id, a colon, and its secret: `hk_test_…:hs_test_…`. `version` is the shape of what is answered,
    whatever the key is pinned to: the one that the types here describe, when left out. `on_answer` is told of every
    answer, also of those that are tried again: for your log, your metrics, or to see a limit come near.
    """

    def __init__(
        self,
        key: str,
        base_url: str = "http://127.0.0.1:8080",
        *,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
        allow_http: bool = False,
        version: str = API_VERSION,
        on_answer: Optional[Callable[[Answered], None]] = None,
    ) -> None:
        super().__init__(Http(key, base_url, ERRORS, timeout, retries, allow_http, version, on_answer))
        self._mode = "live" if key.startswith("hk_live_") else "test"

    def __repr__(self) -> str:
        return f"Hundi(mode={self._mode!r})"
