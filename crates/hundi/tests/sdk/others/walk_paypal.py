"""PayPal's official Python server SDK takes the sandbox for PayPal."""

from paypalserversdk.exceptions.api_exception import ApiException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.models.amount_with_breakdown import AmountWithBreakdown
from paypalserversdk.models.checkout_payment_intent import CheckoutPaymentIntent
from paypalserversdk.models.money import Money
from paypalserversdk.models.order_request import OrderRequest
from paypalserversdk.models.purchase_unit_request import PurchaseUnitRequest
from paypalserversdk.models.refund_request import RefundRequest
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient
from shop import ACCOUNT, opened, pays, refused

opened()
client = PaypalServersdkClient(
    client_credentials_auth_credentials=ClientCredentialsAuthCredentials(
        o_auth_client_id=ACCOUNT["client_id"], o_auth_client_secret=ACCOUNT["client_secret"]
    )
)

# Opened, approved by the payer, captured. A yen has no parts.
unit = PurchaseUnitRequest(amount=AmountWithBreakdown(currency_code="JPY", value="2500"), reference_id="one")
body = OrderRequest(intent=CheckoutPaymentIntent.CAPTURE, purchase_units=[unit])
order = client.orders.create_order({"body": body, "prefer": "return=representation"}).body
assert order.status == "CREATED", order
refused(ApiException, lambda: client.orders.capture_order({"id": order.id}))
pays(order.id)
captured = client.orders.capture_order({"id": order.id, "prefer": "return=representation"}).body
capture = captured.purchase_units[0].payments.captures[0]
assert (captured.status, capture.status, capture.amount.value) == ("COMPLETED", "COMPLETED", "2500"), captured

# Given back in part, and no more than there is.
some = {"capture_id": capture.id, "prefer": "return=representation"}
amount = RefundRequest(amount=Money(currency_code="JPY", value="1000"))
refund = client.payments.refund_captured_payment({**some, "body": amount}).body
assert client.payments.get_refund({"refund_id": refund.id}).body.amount.value == "1000"
much = RefundRequest(amount=Money(currency_code="JPY", value="1501"))
refused(ApiException, lambda: client.payments.refund_captured_payment({**some, "body": much}))
print("paypal python: walked")
