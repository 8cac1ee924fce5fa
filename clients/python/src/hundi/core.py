"""Requests: one address, one key, retries that can't do anything twice. No resource is named here."""

from __future__ import annotations

import base64
import http.client
import json
import random
import ssl
import time
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Dict, Generic, Iterator, List, Mapping, Optional, Tuple, Type, TypeVar
from urllib.parse import urlencode, urlsplit

# A little longer than the server itself takes before it says that it took too long.
TIMEOUT_SECS = 35.0
RETRIES_MAX = 4
BACKOFF_SECS = 0.5
BACKOFF_SECS_MAX = 8.0
# However long a server asks us to wait, we don't sit through more.
RETRY_AFTER_SECS_MAX = 30.0
# A request whose process was stopped in the middle holds its key for 45 seconds.
IN_FLIGHT_SECS_MAX = 60.0
ANSWER_BYTES_MAX = 16 << 20
# Statuses that say: nothing came of it just now, or nobody knows.
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
# Codes beneath these statuses that say: surely nothing was done, and repeating changes nothing.
NOT_AGAIN = frozenset({"provider_refused"})

T = TypeVar("T")


@dataclass(frozen=True)
class RateLimit:
    """How the key's limit stands."""

    limit: int
    remaining: int
    reset_secs: int


@dataclass(frozen=True)
class Answered:
    """An answer of the server, without what it says."""

    method: str
    #: Without the query.
    path: str
    status: int
    #: Quote it when you report something.
    request_id: Optional[str]
    #: The shape of the answer.
    version: Optional[str]
    #: It is the first answer once more: nothing was done again.
    replayed: bool
    rate_limit: Optional[RateLimit]


class HundiError(Exception):
    """Anything that this library raises of itself."""


class ConnectionError(HundiError):  # noqa: A001 - the name that readers look for
    """No answer, or one that nobody can read. What was asked may have been done: repeat it under its key."""

    def __init__(self, message: str, idempotency_key: Optional[str] = None) -> None:
        super().__init__(message)
        #: Under which it can be repeated.
        self.idempotency_key = idempotency_key


class ApiError(HundiError):
    """The server refused. Each code has a class of its own."""

    def __init__(self, status: int, problem: Mapping[str, Any], idempotency_key: Optional[str] = None) -> None:
        super().__init__(f"{problem['message']} ({problem['code']})")
        self.status = status
        #: Stable: program against it.
        self.code: str = problem["code"]
        self.message: str = problem["message"]
        #: The field that is at fault.
        self.param: Optional[str] = problem.get("param")
        #: The same request, under the same key, may succeed later.
        self.retryable = bool(problem.get("retryable", False))
        self.request_id: Optional[str] = problem.get("request_id")
        self.doc_url: Optional[str] = problem.get("doc_url")
        self.idempotency_key = idempotency_key


class Page(Generic[T]):
    """A page of a list. Iterating goes on through the pages after it."""

    def __init__(self, answer: Mapping[str, Any], fetch: Any, upward: bool) -> None:
        #: The objects of this page, newest first.
        self.data: List[T] = answer["data"]
        #: Whether there are more in this direction.
        self.has_more: bool = answer["has_more"]
        #: Where the older page begins.
        self.next: Optional[str] = answer["next"]
        self._fetch = fetch
        self._upward = upward

    def __iter__(self) -> Iterator[T]:
        """Every object, from the newest to the oldest; with `ending_before`, what came after it, oldest first."""
        page: Page[T] = self
        while True:
            data = list(reversed(page.data)) if self._upward else page.data
            yield from data
            if not page.has_more or not data:
                return
            last = data[-1]["id"]  # type: ignore[index]
            page = self._fetch({"ending_before": last} if self._upward else {"starting_after": last})

    def __repr__(self) -> str:
        return f"Page({len(self.data)} objects, has_more={self.has_more})"


class Http:
    """The way to one server with one key. It shows neither when it is printed, and can't be pickled."""

    def __init__(
        self,
        key: str,
        base_url: str,
        classes: Mapping[str, Type[ApiError]],
        timeout: Optional[float],
        retries: Optional[int],
        allow_http: bool,
        version: str,
        on_answer: Optional[Callable[[Answered], None]],
    ) -> None:
        parts = key.split(":")
        if len(parts) != 2 or not all(parts):
            raise HundiError("key must be the key's id, a colon, and its secret: hk_test_…:hs_test_…")
        authorization = "Basic " + base64.b64encode(key.encode("utf-8")).decode("ascii")
        # In a closure, and so in no attribute that something could print.
        self._authorization = lambda: authorization
        self._base = _base(base_url, allow_http)
        self._classes = classes
        self._version = version
        self._on_answer = on_answer
        self._timeout = TIMEOUT_SECS if timeout is None else timeout
        self._retries = RETRIES_MAX if retries is None else retries
        self._tls = ssl.create_default_context() if self._base.scheme == "https" else None

    def __repr__(self) -> str:
        return "Http(***)"

    def read(self, path: str, query: Optional[Mapping[str, Any]], *, timeout: Optional[float] = None) -> Any:
        """A GET."""
        return json.loads(self._ask("GET", path, query, None, None, None, timeout))

    def page(self, path: str, query: Optional[Mapping[str, Any]], *, timeout: Optional[float] = None) -> Any:
        """A page of a list, which leads to the others."""

        def fetch(start: Mapping[str, str]) -> Page[Any]:
            return Page(self.read(path, {**(query or {}), **start}, timeout=timeout), fetch, upward)

        upward = "ending_before" in (query or {})
        return fetch({})

    def write(
        self,
        method: str,
        path: str,
        body: Optional[Mapping[str, Any]],
        *,
        idempotency_key: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> Any:
        """Anything else. A POST always carries a key."""
        return json.loads(self._ask(method, path, None, body, idempotency_key, headers, timeout))

    def raw(self, method: str, path: str, given: Optional[Mapping[str, Any]], **more: Any) -> bytes:
        """What is no JSON."""
        query, body = (given, None) if method == "GET" else (None, given)
        key, headers = more.get("idempotency_key"), {**(more.get("headers") or {}), "Accept": "*/*"}
        return self._ask(method, path, query, body, key, headers, more.get("timeout"))

    def _ask(
        self,
        method: str,
        path: str,
        query: Optional[Mapping[str, Any]],
        body: Optional[Mapping[str, Any]],
        key: Optional[str],
        given: Optional[Mapping[str, str]],
        timeout: Optional[float],
    ) -> bytes:
        headers: Dict[str, str] = {"Accept": "application/json", **(given or {})}
        if not any(name.lower() == "hundi-version" for name in headers):
            headers["Hundi-Version"] = self._version
        # Once for all attempts: the server tells them by it from a new request.
        key = (key or str(uuid.uuid4())) if method == "POST" else None
        if key is not None:
            headers["Idempotency-Key"] = key
        said = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            said = json.dumps(body).encode("utf-8")
        headers["Authorization"] = self._authorization()
        wanted = _pairs(query or {})
        target = f"{self._base.path}/api/v1{path}" + (f"?{urlencode(wanted)}" if wanted else "")

        began = time.monotonic()
        attempt = 0
        while True:
            after = None
            try:
                status, answered, answer = self._attempt(method, target, headers, said, timeout)
                if 200 <= status < 300:
                    return answer
                error = self._refused(status, answer, key)
                after = answered
            except (OSError, http.client.HTTPException) as cause:
                what = "no answer in time" if isinstance(cause, TimeoutError) else "no answer"
                error = ConnectionError(f"{method} /api/v1{path}: {what}", key)
                error.__cause__ = cause
            in_flight = isinstance(error, ApiError) and error.code == "idempotency_key_in_flight"
            more = time.monotonic() - began < IN_FLIGHT_SECS_MAX if in_flight else attempt < self._retries
            if not more or not _again(error):
                raise error
            doubled = min(BACKOFF_SECS * 2**attempt, BACKOFF_SECS_MAX)
            time.sleep(max(doubled * random.uniform(0.5, 1.0), min(after or 0.0, RETRY_AFTER_SECS_MAX)))
            attempt += 1

    def _attempt(
        self, method: str, target: str, headers: Mapping[str, str], body: Optional[bytes], timeout: Optional[float]
    ) -> Any:
        within = self._timeout if timeout is None else timeout
        host, port = self._base.hostname or "", self._base.port
        # A connection for each: an idle one may be closing just now, which would leave a doubt behind. Redirects are
        # not followed, and no proxy is asked.
        connection = (
            http.client.HTTPConnection(host, port, timeout=within)
            if self._tls is None
            else http.client.HTTPSConnection(host, port, timeout=within, context=self._tls)
        )
        try:
            connection.request(method, target, body=body, headers=dict(headers))
            response = connection.getresponse()
            answer = response.read(ANSWER_BYTES_MAX + 1)
            if len(answer) > ANSWER_BYTES_MAX:
                raise HundiError("the answer is too long")
            if self._on_answer is not None:
                self._on_answer(_answered(method, target, response))
            return response.status, _seconds(response.getheader("Retry-After")), answer
        finally:
            connection.close()

    def _refused(self, status: int, answer: bytes, key: Optional[str]) -> HundiError:
        try:
            problem = json.loads(answer)
            whole = isinstance(problem["code"], str) and isinstance(problem["message"], str)
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            # A proxy's page, or a redirect: whether hundi ever saw the request is not known.
            message = f"the answer {status} is not hundi's"
            return ConnectionError(message, key) if status in AGAIN else HundiError(f"{message}; is the address right?")
        return self._classes.get(problem["code"], ApiError)(status, problem, key)


def _pairs(query: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """A list is a name several times; an object is `name[key]`."""
    pairs: List[Tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, Mapping):
            pairs += [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
        elif isinstance(value, (list, tuple)):
            pairs += [(name, _text(one)) for one in value]
        elif value is not None:
            pairs.append((name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _base(text: str, allow_http: bool) -> Any:
    url = urlsplit(text.rstrip("/"))
    host = url.hostname or ""
    here = host in ("127.0.0.1", "localhost", "::1") or host.endswith(".localhost")
    if not host or not (url.scheme == "https" or (url.scheme == "http" and (here or allow_http))):
        raise HundiError("base_url must be https; allow_http sends the key in the clear")
    if url.username or url.password or url.query or url.fragment:
        raise HundiError("base_url must be an address and nothing more")
    return url


def _again(error: HundiError) -> bool:
    if isinstance(error, ConnectionError):
        return True
    if not isinstance(error, ApiError):
        return False
    if error.code == "idempotency_key_in_flight":
        return True
    return error.status in AGAIN and error.code not in NOT_AGAIN


def _answered(method: str, target: str, response: http.client.HTTPResponse) -> Answered:
    numbers = [response.getheader(f"RateLimit-{name}") or "" for name in ("Limit", "Remaining", "Reset")]
    known = all(number.isascii() and number.isdigit() for number in numbers)
    return Answered(
        method=method,
        path=target.split("?")[0],
        status=response.status,
        request_id=response.getheader("X-Request-Id"),
        version=response.getheader("Hundi-Version"),
        replayed=response.getheader("Idempotent-Replayed") == "true",
        rate_limit=RateLimit(*map(int, numbers)) if known else None,
    )


def _seconds(text: Optional[str]) -> Optional[float]:
    """`Retry-After`, in seconds."""
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
