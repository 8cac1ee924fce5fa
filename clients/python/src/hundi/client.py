"""The client of one server, with one key."""

from typing import Optional

from .core import Http
from .generated import ERRORS, Resources


class Hundi(Resources):
    """Make one and keep it. Threads may share it: each request has a connection of its own.

    `key` is the key's id, a colon, and its secret: `hk_test_…:hs_test_…`.
    """

    def __init__(
        self,
        key: str,
        base_url: str = "http://127.0.0.1:8080",
        *,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
        allow_http: bool = False,
    ) -> None:
        super().__init__(Http(key, base_url, ERRORS, timeout, retries, allow_http))
        self._mode = "live" if key.startswith("hk_live_") else "test"

    def __repr__(self) -> str:
        return f"Hundi(mode={self._mode!r})"
