"""PhonePe's official Python SDK takes the sandbox for PhonePe."""

import json
import time

from phonepe.sdk.pg.common.exceptions import PhonePeException
from phonepe.sdk.pg.common.models.request.refund_request import RefundRequest
from phonepe.sdk.pg.env import Env
from phonepe.sdk.pg.payments.v2.models.request.standard_checkout_pay_request import StandardCheckoutPayRequest
from phonepe.sdk.pg.payments.v2.standard_checkout_client import StandardCheckoutClient
from shop import ACCOUNT, opened, passes, pays, refused, webhook

opened()
client = StandardCheckoutClient.get_instance(
    client_id=ACCOUNT["client_id"],
    client_secret=ACCOUNT["client_secret"],
    client_version=int(ACCOUNT["client_version"]),
    env=Env.SANDBOX,
    should_publish_events=False,
)
order = f"py{int(time.time() * 1000)}"

# A page to pay at; nothing is paid yet.
asked = StandardCheckoutPayRequest.build_request(
    merchant_order_id=order, amount=50_000, redirect_url="http://127.0.0.1/back"
)
page = client.pay(asked)
assert page.redirect_url.startswith("http"), page
assert client.get_order_status(order).state == "PENDING"

# Paid: known by asking, and told by a webhook that the SDK takes for genuine.
pays(order, method="card")
status = client.get_order_status(order, details=True)
assert (status.state, status.amount) == ("COMPLETED", 50_000), status
body, headers = webhook(lambda body, _: json.loads(body)["event"] == "checkout.order.completed")
user, password = ACCOUNT["webhook_username"], ACCOUNT["webhook_password"]
told = client.validate_callback(user, password, headers["authorization"], body)
assert told.payload.merchant_order_id == order, told
refused(PhonePeException, lambda: client.validate_callback(user, password + "x", headers["authorization"], body))

# Given back in part.
refund = RefundRequest.build_refund_request(
    merchant_refund_id=order + "r", original_merchant_order_id=order, amount=20_000
)
assert client.refund(refund).state == "PENDING"
passes(60_000)
given = client.get_refund_status(order + "r")
assert (given.state, given.amount) == ("COMPLETED", 20_000), given

# What there isn't is refused in words that the SDK reads.
unknown = refused(PhonePeException, lambda: client.get_order_status("no-such-order"))
assert 400 <= unknown.http_status_code < 500, vars(unknown)
print("phonepe python: walked")
