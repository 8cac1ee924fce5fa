"""Leads the providers' own names to the sandbox's TLS door, as hosts.js does for Node."""

import os
import socket

_NAMES = set(os.environ.get("SANDBOX_NAMES", "").split(","))
_ask = socket.getaddrinfo


def _led(host, port, *more, **named):
    if host in _NAMES and port == 443:
        return _ask("127.0.0.1", int(os.environ["SANDBOX_TLS_PORT"]), *more, **named)
    return _ask(host, port, *more, **named)


socket.getaddrinfo = _led
