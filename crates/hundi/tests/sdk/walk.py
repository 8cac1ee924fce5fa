"""Razorpay's official Python SDK takes the sandbox for Razorpay: a merchant's whole day through it."""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import razorpay
from razorpay.errors import BadRequestError, ServerError, SignatureVerificationError

BASE, KEY, SECRET = sys.argv[1:4]
WEBHOOK_SECRET = "python-hook-secret"
HEARD = Queue()


class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        HEARD.put((body.decode(), self.headers["x-razorpay-signature"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def control(path, body):
    """What the payer and the one who plays do; no SDK has it."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, {"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        return json.load(answer)


def refused(error, call):
    try:
        call()
    except error as refusal:
        return str(refusal)
    raise AssertionError(f"{error.__name__} was expected")


def webhook(event):
    """The next webhook of this name; the others pass by."""
    while True:
        body, signature = HEARD.get(timeout=20)
        if json.loads(body)["event"] == event:
            return body, signature


shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=shop.serve_forever, daemon=True).start()
hooks = f"http://127.0.0.1:{shop.server_port}/hooks"
control("/sim/control/accounts", {"key_id": KEY, "webhook_url": hooks, "webhook_secret": WEBHOOK_SECRET})

client = razorpay.Client(auth=(KEY, SECRET), base_url=BASE)

# An order, and the same one found again.
order = client.order.create({"amount": 50000, "currency": "INR", "receipt": "py-1", "notes": {"k": "वि"}})
assert order["status"] == "created" and order["amount_due"] == 50000, order
assert client.order.fetch(order["id"])["notes"] == {"k": "वि"}
found = client.order.all({"receipt": "py-1"})
assert [o["id"] for o in found["items"]] == [order["id"]], found

# Paid; what the browser brings back is genuine, and nothing else is.
paid = control("/sim/api/pay", {"order_id": order["id"], "method": "card"})
callback = paid["callback"]
callback = callback if isinstance(callback, dict) else dict(callback)
assert client.utility.verify_payment_signature(callback)
forged = dict(callback, razorpay_payment_id="pay_00000000000000")
refused(SignatureVerificationError, lambda: client.utility.verify_payment_signature(forged))
payment = client.payment.fetch(paid["payment_id"])
assert (payment["status"], payment["captured"], payment["order_id"]) == ("captured", True, order["id"]), payment
assert client.order.fetch(order["id"])["status"] == "paid"
assert client.order.payments(order["id"])["count"] == 1

# Told of by a webhook whose signature the SDK accepts.
body, signature = webhook("payment.captured")
assert client.utility.verify_webhook_signature(body, signature, WEBHOOK_SECRET)
refused(SignatureVerificationError, lambda: client.utility.verify_webhook_signature(body + " ", signature, WEBHOOK_SECRET))
assert json.loads(body)["payload"]["payment"]["entity"]["id"] == paid["payment_id"]

# Authorised only, then captured, once.
held = client.order.create({"amount": 7000, "currency": "INR", "receipt": "py-2"})
held_payment = control("/sim/api/pay", {"order_id": held["id"], "outcome": "authorize"})["payment_id"]
assert client.payment.fetch(held_payment)["status"] == "authorized"
captured = client.payment.capture(held_payment, 7000, {"currency": "INR"})
assert captured["status"] == "captured", captured
refused(BadRequestError, lambda: client.payment.capture(held_payment, 7000, {"currency": "INR"}))

# Refunded in part; the same key again is the same refund, and the clock brings its end.
def refund(amount):
    headers = {"X-Refund-Idempotency": "py-refund-0001"}
    return client.payment.refund(paid["payment_id"], {"amount": amount, "receipt": "py-r1"}, headers=headers)

first = refund(20000)
assert refund(20000)["id"] == first["id"]
assert client.payment.fetch_multiple_refund(paid["payment_id"])["count"] == 1
control("/sim/control/clock", {"advance_ms": 60000})
assert client.refund.fetch(first["id"])["status"] == "processed"
assert client.payment.fetch_refund_id(paid["payment_id"], first["id"])["amount"] == 20000
assert client.payment.fetch(paid["payment_id"])["amount_refunded"] == 20000
refused(BadRequestError, lambda: client.payment.refund(paid["payment_id"], {"amount": 30001}))

# Links: one is paid, one is called off.
link = client.payment_link.create({"amount": 1500, "currency": "INR", "reference_id": "py-l1", "description": "Tea"})
assert client.payment_link.fetch(link["id"])["status"] == "created"
assert link["short_url"].startswith(BASE), link
paid_link = control("/sim/api/pay", {"payment_link_id": link["id"]})["callback"]
paid_link = paid_link if isinstance(paid_link, dict) else dict(paid_link)
# The SDK wants the same values under shorter names.
named = {name.replace("razorpay_payment_link", "payment_link"): value for name, value in paid_link.items()}
assert client.utility.verify_payment_link_signature(named)
assert client.payment_link.fetch(link["id"])["status"] == "paid"
other = client.payment_link.create({"amount": 1500, "currency": "INR", "reference_id": "py-l2", "description": "Tea"})
assert client.payment_link.cancel(other["id"])["status"] == "cancelled"
refused(BadRequestError, lambda: client.payment_link.cancel(other["id"]))

# Errors are read as the SDK's own.
assert "does not exist" in refused(BadRequestError, lambda: client.order.fetch("order_00000000000000"))
stranger = razorpay.Client(auth=(KEY, "wrong"), base_url=BASE)
assert "Authentication failed" in refused(BadRequestError, lambda: stranger.order.all())
control("/sim/control/dials", {"fault": "status", "status": 503, "op": "create_order", "times": 1})
refused(ServerError, lambda: client.order.create({"amount": 100, "currency": "INR"}))

print("python: walked")
