"""A merchant's side of every walk: its account, its webhook receiver, and what the payer does."""

import json
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

ACCOUNT = json.loads(os.environ["SANDBOX_ACCOUNT"])
HEARD = Queue()


class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        HEARD.put((body.decode(), self.headers))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def opened():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["WEBHOOK_PORT"])), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def webhook(wanted):
    """The first webhook that `wanted` takes; the others pass by."""
    while True:
        body, headers = HEARD.get(timeout=20)
        if wanted(body, headers):
            return body, headers


def control(path, body):
    """What the payer and the one who plays do; no SDK has it."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(os.environ["SANDBOX_URL"] + path, data, {"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        return json.load(answer)


def pays(order, **more):
    paid = control("/sim/api/pay", {"order": order, "outcome": "pay", **more})
    return {**paid, "callback": dict(paid.get("callback") or [])}


def passes(ms):
    control("/sim/control/clock", {"advance_ms": ms})


def refused(error, call):
    try:
        call()
    except error as refusal:
        return refusal
    raise AssertionError(f"{error.__name__} was expected")
