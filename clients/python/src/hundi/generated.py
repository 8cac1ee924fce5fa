# Made from the description of the API; don't change it by hand.
# HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi
"""Types of everything that is sent and answered, a method for each operation, a class for each error code."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union
from urllib.parse import quote

from .core import ApiError, Http, Page

Currency = Literal["AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG", "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]


#: The shape that is described here.
API_VERSION = "2026-11-01"


class _ApiKeyAlways(TypedDict):
    """What is always there."""

    created_at: str
    expires_at: Optional[str]
    #: Sent as `X-Api-Key`.
    id: str
    #: To the minute.
    last_used_at: Optional[str]
    livemode: bool
    name: str
    #: Where it may be used from. None: anywhere.
    networks: List[str]
    object: Literal["api_key"]
    #: The key that takes its place.
    replaced_by: Optional[str]
    revoked_at: Optional[str]
    #: What it may do.
    scopes: List[Literal["payments:read", "payments:write", "refunds:write", "connections:read", "connections:write", "webhooks:read", "webhooks:write", "keys:write", "books:read", "exports:read", "routing:write"]]
    #: `replaced`: it still opens, until `expires_at`.
    status: Literal["enabled", "replaced", "expired", "revoked"]


class ApiKey(_ApiKeyAlways, total=False):
    """What a server proves itself by."""

    #: Once, in the answer that makes it. Sent as `X-Api-Secret`.
    secret: str


class ApiRequest(TypedDict):
    """One request to this API, and how it ended."""

    created_at: str
    #: Of a problem.
    error_code: Optional[str]
    #: What the answer said in `X-Request-Id`.
    id: str
    #: The key that asked.
    key_id: str
    livemode: bool
    method: str
    object: Literal["request"]
    #: Without what stood behind a `?`; `{id}` where something else than an id stood.
    path: str
    status: int
    took_ms: int


class Balance(TypedDict):
    """An account of the merchant's book."""

    #: `provider:conn_…` is what the provider still owes you.
    account: str
    #: Debits less credits, in minor units.
    balance: int
    credits: int
    currency: str
    debits: int
    livemode: bool
    object: Literal["balance"]


class ConnectionWebhooks(TypedDict):
    """How the provider's messages are doing."""

    #: When the last good one came.
    last_at: Optional[str]
    #: Payments in a row of which no message told.
    missed_in_a_row: int
    refused_in_a_row: int
    #: `silent`: money came, and no message told of it. `refused`: messages came that prove nothing.
    status: Literal["nothing_yet", "well", "unsteady", "silent", "refused"]


class Connection(TypedDict):
    """A merchant's account at a provider."""

    amount_max: Optional[int]
    #: A limit of this connection, in minor units.
    amount_min: Optional[int]
    created_at: str
    #: What the account was switched on for.
    features: List[str]
    flows: List[Literal["script", "redirect", "upi_intent"]]
    id: str
    #: The end of the provider's key. No secret is ever shown.
    key_hint: str
    label: str
    livemode: bool
    methods: List[Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]]
    object: Literal["connection"]
    provider: str
    #: How long a payer has.
    session_secs: int
    status: Literal["enabled", "disabled"]
    #: What the provider said when it was last tested.
    test_result: Optional[str]
    tested_at: Optional[str]
    updated_at: str
    webhook_secret_set: bool
    #: Where the provider sends its webhooks: paste it there.
    webhook_url: str
    #: How the provider's messages are doing.
    webhooks: ConnectionWebhooks


class ConnectionBalanceBalances(TypedDict):
    """ConnectionBalanceBalances"""

    #: What can be refunded from or paid out, where it is said.
    available: Optional[int]
    currency: str
    #: Below nought: overdrawn.
    total: int
    #: What the provider holds back, where it is said.
    withheld: Optional[int]


class ConnectionBalance(TypedDict):
    """What a provider says stands on an account."""

    #: When the provider counted, where it says so.
    as_of: Optional[str]
    #: In minor units.
    balances: List[ConnectionBalanceBalances]
    connection_id: str
    livemode: bool
    object: Literal["connection_balance"]
    provider: str


class ConnectionMethodsEmi(TypedDict):
    """ConnectionMethodsEmi"""

    amount_min: int
    bank: str
    #: The total less the amount.
    interest_amount: Optional[int]
    #: Rounded half up to a minor unit; the bank's schedule decides.
    monthly_amount: Optional[int]
    months: int
    #: Hundredths of a percent a year.
    rate_bps: int
    #: Months times the monthly amount.
    total_amount: Optional[int]


class ConnectionMethodsMethodsBanks(TypedDict):
    """ConnectionMethodsMethodsBanks"""

    #: The provider's own.
    code: str
    #: For companies' accounts. `null` where the provider does not say.
    corporate: Optional[bool]
    name: str


class ConnectionMethodsMethods(TypedDict):
    """ConnectionMethodsMethods"""

    #: Banks or wallets to choose from.
    banks: List[ConnectionMethodsMethodsBanks]
    method: Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]


class ConnectionMethods(TypedDict):
    """What a connection can be paid with."""

    connection_id: str
    #: Instalment plans; those that fit the amount, where it was sent.
    emi: List[ConnectionMethodsEmi]
    #: Otherwise it is what the provider generally offers.
    listed_by_provider: bool
    livemode: bool
    methods: List[ConnectionMethodsMethods]
    object: Literal["connection_methods"]


class Customer(TypedDict):
    """A payer that a merchant knows."""

    created_at: str
    #: Their personal data was erased.
    deleted: bool
    email: Optional[str]
    id: str
    livemode: bool
    metadata: Dict[str, str]
    name: Optional[str]
    object: Literal["customer"]
    phone: Optional[str]
    updated_at: str


class DeletedEndpoint(TypedDict):
    """That it is gone."""

    deleted: bool
    id: str
    object: Literal["endpoint"]


class DeletedSavedMethod(TypedDict):
    """It is charged no more."""

    deleted: bool
    id: str
    object: Literal["saved_method"]


class Delivery(TypedDict):
    """One event on its way to one endpoint."""

    attempts: int
    created_at: str
    done_at: Optional[str]
    endpoint_id: str
    event_id: str
    event_type: Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]
    id: str
    last_response_status: Optional[int]
    livemode: bool
    next_attempt_at: Optional[str]
    object: Literal["delivery"]
    #: `exhausted`: its schedule has ended. `disabled`: its endpoint was.
    status: Literal["scheduled", "delivered", "exhausted", "disabled"]


class DeliveryWithTriesTriesRequest(TypedDict):
    """`null`: nothing was sent."""

    #: Without the signature.
    headers: Dict[str, Any]
    method: Literal["POST"]
    url: str


class DeliveryWithTriesTries(TypedDict):
    """DeliveryWithTriesTries"""

    at: str
    attempt: int
    #: Why there was no answer.
    error: Optional[str]
    #: `null`: nothing was sent.
    request: Optional[DeliveryWithTriesTriesRequest]
    #: Its first kilobyte, without what it echoed of your keys.
    response_body: Optional[str]
    response_status: Optional[int]
    took_ms: int


class DeliveryWithTries(TypedDict):
    """A delivery, and what was said at each try."""

    attempts: int
    created_at: str
    done_at: Optional[str]
    endpoint_id: str
    event_id: str
    event_type: Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]
    id: str
    last_response_status: Optional[int]
    livemode: bool
    next_attempt_at: Optional[str]
    object: Literal["delivery"]
    #: What was sent each time: its first 16,384 characters.
    request_body: str
    #: `exhausted`: its schedule has ended. `disabled`: its endpoint was.
    status: Literal["scheduled", "delivered", "exhausted", "disabled"]
    tries: List[DeliveryWithTriesTries]


class Discrepancy(TypedDict):
    """Money or words that do not agree, for a person to look at."""

    amount: Optional[int]
    connection_id: str
    currency: Optional[str]
    detail: str
    id: str
    #: What does not agree.
    kind: str
    livemode: bool
    object: Literal["discrepancy"]
    opened_at: str
    order_id: Optional[str]
    payment_id: Optional[str]
    status: Literal["open", "resolved"]
    subject: str


class Endpoint(TypedDict):
    """Where a merchant hears of events."""

    created_at: str
    description: Optional[str]
    disabled_reason: Optional[str]
    #: Types of events; `*` for all of them.
    events: List[str]
    #: Since when nothing has arrived there.
    failing_since: Optional[str]
    #: Tries that failed since.
    failures: int
    id: str
    livemode: bool
    object: Literal["endpoint"]
    ordered: bool
    #: Until then the key before this one signs as well.
    previous_key_until: Optional[str]
    #: `whpk_…`: verifies what `ed25519` signed.
    public_key: Optional[str]
    rate_per_sec: Optional[int]
    retries: Union[Literal["standard", "first_five"], List[int]]
    signature: Literal["hmac", "ed25519"]
    status: Literal["enabled", "disabled"]
    url: str
    #: The shape of what it is told.
    version: Literal["2026-08-01", "2026-11-01"]


class _EndpointWithSecretAlways(TypedDict):
    """What is always there."""

    created_at: str
    description: Optional[str]
    disabled_reason: Optional[str]
    #: Types of events; `*` for all of them.
    events: List[str]
    #: Since when nothing has arrived there.
    failing_since: Optional[str]
    #: Tries that failed since.
    failures: int
    id: str
    livemode: bool
    object: Literal["endpoint"]
    ordered: bool
    #: Until then the key before this one signs as well.
    previous_key_until: Optional[str]
    #: `whpk_…`: verifies what `ed25519` signed.
    public_key: Optional[str]
    rate_per_sec: Optional[int]
    retries: Union[Literal["standard", "first_five"], List[int]]
    signature: Literal["hmac", "ed25519"]
    status: Literal["enabled", "disabled"]
    url: str
    #: The shape of what it is told.
    version: Literal["2026-08-01", "2026-11-01"]


class EndpointWithSecret(_EndpointWithSecretAlways, total=False):
    """An endpoint with its new secret, if it has one."""

    #: Verifies what arrives. Shown this once, and with `ed25519` not at all.
    secret: str


class EventData(TypedDict):
    """EventData"""

    #: The object as it was then.
    object: Union[Order, Payment, Refund, Endpoint, Discrepancy, Connection]


class EventDeliveries(TypedDict):
    """With `expand[]=deliveries`: what became of it on its way to each endpoint."""

    #: Newest first.
    data: List[Delivery]
    #: Whether there are more in this direction.
    has_more: bool
    #: Pass it as starting_after for the older page.
    next: Optional[str]
    object: Literal["list"]


class _EventAlways(TypedDict):
    """What is always there."""

    created_at: str
    data: EventData
    id: str
    livemode: bool
    object: Literal["event"]
    object_id: str
    #: Counts the events of one object from 1 without a gap.
    seq: int
    #: New types may come in time: ignore those you don't know.
    type: Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]


class Event(_EventAlways, total=False):
    """A fact."""

    #: With `expand[]=deliveries`: what became of it on its way to each endpoint.
    deliveries: EventDeliveries


class Exchange(TypedDict):
    """One request to a provider, and its answer."""

    connection_id: str
    created_at: str
    id: str
    livemode: bool
    object: Literal["exchange"]
    #: The payment or refund that it is about.
    object_id: str
    #: `answered`, or why not.
    outcome: str
    purpose: str
    #: Method and address.
    request: str
    #: `null`: there was no answer.
    response_status: Optional[int]
    took_ms: int


class Fallback(TypedDict):
    """A connection of the platform's, offered to a merchant."""

    accepted_at: Optional[str]
    #: The platform's.
    connection_id: str
    ended_at: Optional[str]
    ended_by: Optional[Literal["platform", "merchant"]]
    id: str
    livemode: bool
    #: To whom it is offered.
    merchant_id: str
    object: Literal["fallback"]
    offered_at: str
    status: Literal["offered", "accepted", "ended"]


class JobsStatus(TypedDict):
    """How a merchant's jobs stand."""

    #: By the process that answers, since it started.
    completed: int
    #: Given up.
    failed: int
    livemode: bool
    object: Literal["jobs_status"]
    #: Not begun. What is due later counts.
    pending: int
    processing: int
    #: `behind`: something has been due for ten seconds, and nobody took it.
    worker_status: Literal["idle", "working", "behind"]


class OrderCustomer(TypedDict):
    """OrderCustomer"""

    email: Optional[str]
    name: Optional[str]
    phone: Optional[str]


class OrderPayments(TypedDict):
    """With `expand[]=payments`: its newest payments."""

    #: Newest first.
    data: List[Payment]
    #: Whether there are more in this direction.
    has_more: bool
    #: Pass it as starting_after for the older page.
    next: Optional[str]
    object: Literal["list"]


class _OrderAlways(TypedDict):
    """What is always there."""

    #: What is owed, in minor units.
    amount: int
    #: 0 once it is paid.
    amount_due: int
    #: Less than `amount` where you captured a part of what was held.
    amount_paid: int
    capture: Literal["automatic", "manual"]
    #: The payer's page. Whoever has the link may pay.
    checkout_url: str
    created_at: str
    currency: str
    customer: OrderCustomer
    customer_id: Optional[str]
    description: Optional[str]
    #: What the payer might be charged above `amount`, should every payment that is open or in doubt succeed. What comes twice goes back by itself.
    double_charge_exposure: int
    expires_at: Optional[str]
    id: str
    #: Whether it is of live mode.
    livemode: bool
    metadata: Dict[str, str]
    object: Literal["order"]
    offer_saved_methods: bool
    receipt: Optional[str]
    return_url: Optional[str]
    #: `attempted`: a payment was begun. `paid` is for ever.
    status: Literal["created", "attempted", "paid", "expired", "cancelled"]
    updated_at: str


class Order(_OrderAlways, total=False):
    """What is owed."""

    #: With `expand[]=payments`: its newest payments.
    payments: OrderPayments


class PaymentFailure(TypedDict):
    """Why it is over without money."""

    #: For the payer.
    advice: str
    message: str
    reason: Literal["insufficient_funds", "authentication_failed", "user_cancelled", "bank_down", "limit_exceeded", "declined_by_bank", "instrument_invalid", "instrument_expired", "instrument_blocked", "not_enabled", "risk_refused", "timed_out", "provider_error", "provider_refused", "unrecognised"]


class PaymentRefunds(TypedDict):
    """With `expand[]=refunds`: its newest refunds."""

    #: Newest first.
    data: List[Refund]
    #: Whether there are more in this direction.
    has_more: bool
    #: Pass it as starting_after for the older page.
    next: Optional[str]
    object: Literal["list"]


class PaymentTriesFailure(TypedDict):
    """Why it failed."""

    #: For people.
    message: str
    #: For programs.
    reason: Literal["insufficient_funds", "authentication_failed", "user_cancelled", "bank_down", "limit_exceeded", "declined_by_bank", "instrument_invalid", "instrument_expired", "instrument_blocked", "not_enabled", "risk_refused", "timed_out", "provider_error", "provider_refused", "unrecognised"]


class PaymentTries(TypedDict):
    """PaymentTries"""

    #: RRN, UTR or the bank's own number.
    bank_ref: Optional[str]
    created_at: str
    #: Why it failed.
    failure: Optional[PaymentTriesFailure]
    #: Masked.
    instrument: Optional[str]
    method: Optional[Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]]
    #: The provider's own id of it.
    provider_payment: str
    #: The provider's fee as it said so, tax included; the settlement decides.
    quoted_fee: Optional[int]
    #: The tax within that fee.
    quoted_tax: Optional[int]
    status: Literal["started", "authorized", "captured", "released", "failed"]


class _PaymentAlways(TypedDict):
    """What is always there."""

    #: The payment of the same order that it follows.
    after: Optional[str]
    #: What was asked for, in minor units.
    amount: int
    #: What the bank holds and you can still take.
    amount_capturable: int
    #: What moved. Less than `amount` where you captured a part.
    amount_captured: int
    #: What went back.
    amount_refunded: int
    #: How much you last asked to take of what is held.
    amount_to_capture: Optional[int]
    connection_id: str
    created_at: str
    currency: str
    expires_at: str
    #: Why it is over without money.
    failure: Optional[PaymentFailure]
    #: `saved`: a saved method was charged.
    flow: Literal["script", "redirect", "upi_intent", "saved"]
    id: str
    in_doubt_since: Optional[str]
    livemode: bool
    method: Optional[Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]]
    #: When we ask the provider again.
    next_check_at: Optional[str]
    #: What your page does now, while the payment is `pending`.
    next_step: Any
    object: Literal["payment"]
    order_id: str
    #: What the provider knows it by.
    our_ref: str
    #: `unknown` while the result of a call to the provider is not known.
    outcome: Literal["known", "unknown"]
    #: The provider's own id of it.
    provider_order: Optional[str]
    status: Literal["created", "pending", "authorized", "captured", "failed", "expired", "cancelled", "partially_refunded", "refunded"]
    #: What the payer tried inside it. A failed try does not end a payment.
    tries: List[PaymentTries]
    updated_at: str
    #: Whose connection it is: your own, or the platform's, which then owes you the money.
    via: Literal["own", "platform"]


class Payment(_PaymentAlways, total=False):
    """One engagement of one connection."""

    #: With `expand[]=connection`, where it is your own.
    connection: Connection
    #: With `expand[]=order`.
    order: Order
    #: With `expand[]=refunds`: its newest refunds.
    refunds: PaymentRefunds


class _ProblemAlways(TypedDict):
    """What is always there."""

    #: Stable: program against it. All of them stand at /docs/errors.
    code: str
    #: For people. It never repeats what was sent.
    message: str
    #: The same request, with the same Idempotency-Key, may succeed later.
    retryable: bool
    #: The HTTP status.
    status: int
    #: The status in words.
    title: str
    #: Where the code is explained, on this server.
    type: str


class Problem(_ProblemAlways, total=False):
    """A refusal (RFC 9457)."""

    #: The same as type.
    doc_url: str
    #: The field, parameter or header that is at fault.
    param: Optional[str]
    #: Quote it when you report something. It finds the log line.
    request_id: str


class RefundFailure(TypedDict):
    """Why it failed."""

    #: For people.
    message: str
    #: For programs.
    reason: Literal["insufficient_funds", "authentication_failed", "user_cancelled", "bank_down", "limit_exceeded", "declined_by_bank", "instrument_invalid", "instrument_expired", "instrument_blocked", "not_enabled", "risk_refused", "timed_out", "provider_error", "provider_refused", "unrecognised"]


class _RefundAlways(TypedDict):
    """What is always there."""

    amount: int
    #: The bank's own number, for the payer to look for.
    bank_ref: Optional[str]
    created_at: str
    currency: str
    #: Why it failed.
    failure: Optional[RefundFailure]
    id: str
    in_doubt_since: Optional[str]
    livemode: bool
    metadata: Dict[str, str]
    next_check_at: Optional[str]
    note: Optional[str]
    object: Literal["refund"]
    order_id: str
    #: `provider`: made in the provider's own dashboard.
    origin: Literal["ours", "provider"]
    our_ref: str
    #: As of payments.
    outcome: Literal["known", "unknown"]
    payment_id: str
    provider_refund: Optional[str]
    reason: Optional[str]
    status: Literal["requested", "processing", "processed", "failed"]
    updated_at: str


class Refund(_RefundAlways, total=False):
    """Money given back, in whole or in part."""

    #: With `expand[]=connection`, where it is your own.
    connection: Connection
    #: With `expand[]=order`.
    order: Order
    #: With `expand[]=payment`.
    payment: Payment


class Replay(TypedDict):
    """Events of a stretch of time, sent to an endpoint again."""

    created_at: str
    done_at: Optional[str]
    endpoint_id: str
    #: Deliveries so far.
    enqueued: int
    id: str
    livemode: bool
    object: Literal["replay"]
    since: str
    #: `stopped`: the endpoint was disabled.
    status: Literal["running", "done", "stopped"]
    #: `*`: all that the endpoint wants.
    types: List[str]
    until: str


class Resend(TypedDict):
    """An event that is sent again."""

    asked_by: str
    created_at: str
    #: To so many endpoints.
    deliveries: int
    event_id: str
    id: str
    livemode: bool
    object: Literal["resend"]


class _RoutingRulesToAlways(TypedDict):
    """What is always there."""

    connection: str


class RoutingRulesTo(_RoutingRulesToAlways, total=False):
    """RoutingRulesTo"""

    #: Among the others; 0 is a last resort. 1 when left out.
    weight: int


RoutingRulesWhen = TypedDict(
    "RoutingRulesWhen",
    {
        "amount_max": "Optional[int]",
        "amount_min": "Optional[int]",
        "currency": "Optional[Currency]",
        "days": "List[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]",
        "from": "Optional[str]",
        "methods": "List[Literal['card', 'upi', 'netbanking', 'wallet', 'emi', 'pay_later', 'bank_transfer', 'other']]",
        "to": "Optional[str]",
    },
    total=False,
)


class _RoutingRulesAlways(TypedDict):
    """What is always there."""

    name: str
    to: List[RoutingRulesTo]


class RoutingRules(_RoutingRulesAlways, total=False):
    """RoutingRules"""

    #: Everything, when left out.
    when: RoutingRulesWhen


class Routing(TypedDict):
    """A merchant's routing rules."""

    livemode: bool
    object: Literal["routing"]
    rules: List[RoutingRules]
    updated_at: Optional[str]
    #: Counts the changes.
    version: int


class RoutingFallback(TypedDict):
    """Whether the platform's account is a merchant's last resort."""

    accepted_at: Optional[str]
    livemode: bool
    object: Literal["routing_fallback"]
    offered_at: Optional[str]
    #: Payments fall back where it is `accepted`.
    status: Literal["none", "offered", "accepted"]


class RoutingPolicy(TypedDict):
    """What you decided about payments beside others."""

    late_success: Literal["refund_later", "accept_and_void_other"]
    livemode: bool
    object: Literal["routing_policy"]
    updated_at: Optional[str]
    #: Counts the changes; 0 while your default counts.
    version: int


class RoutingPreviewPassedOver(TypedDict):
    """RoutingPreviewPassedOver"""

    connection: str
    label: str
    provider: str
    reason: Literal["disabled", "currency_not_offered", "amount_outside_limits", "flow_not_offered", "down", "recovering"]
    #: When one that is down is tried again.
    until: Optional[str]
    #: `platform`: the last resort, which is not yours.
    via: Literal["own", "platform"]


class RoutingPreviewRule(TypedDict):
    """The one that decides."""

    name: str
    #: From 0.
    position: int


class RoutingPreviewTries(TypedDict):
    """RoutingPreviewTries"""

    connection: str
    label: str
    provider: str
    #: `platform`: the last resort, which is not yours.
    via: Literal["own", "platform"]


class RoutingPreview(TypedDict):
    """What would happen to a payment now."""

    object: Literal["routing_preview"]
    passed_over: List[RoutingPreviewPassedOver]
    #: The one that decides.
    rule: Optional[RoutingPreviewRule]
    #: In the order in which they would be asked, each only where the one before surely did nothing. Of your own, three are asked at most; the platform's account comes last, and where all of your own were asked.
    tries: List[RoutingPreviewTries]


class SavedMethodConsent(TypedDict):
    """What the payer agreed to, and when."""

    given_at: str
    #: Of the text.
    version: str


class SavedMethod(TypedDict):
    """What a provider keeps for a customer."""

    #: Where it is kept, and the only one that can charge it.
    connection_id: str
    #: What the payer agreed to, and when.
    consent: SavedMethodConsent
    created_at: str
    customer_id: str
    default: bool
    expiry_month: Optional[int]
    expiry_year: Optional[int]
    #: Send it as a payment's `method` to charge it.
    id: str
    #: Masked, where it is no card.
    label: Optional[str]
    last4: Optional[str]
    livemode: bool
    method: Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]
    network: Optional[str]
    object: Literal["saved_method"]
    #: `gone`: the provider no longer knows it.
    status: Literal["active", "forgetting", "deleted", "gone"]


Sweep = TypedDict(
    "Sweep",
    {
        "applied": "int",
        "cause": "Literal['schedule', 'asked']",
        "connection_id": "str",
        "created_at": "str",
        "ended_at": "Optional[str]",
        "error": "Optional[str]",
        "from": "str",
        "id": "str",
        "items": "int",
        "livemode": "bool",
        "object": "Literal['sweep']",
        "pages": "int",
        "parked": "int",
        "questioned": "int",
        "status": "Literal['running', 'done', 'failed']",
        "to": "str",
    },
    total=False,
)


class TestSettings(TypedDict):
    """What the payers of a test key do."""

    clock_ms: Optional[int]
    delay_ms: Optional[int]
    livemode: bool
    method: Optional[Literal["upi", "card", "netbanking", "wallet"]]
    object: Literal["test_settings"]
    outcome: Optional[Literal["pay", "authorize", "decline", "insufficient_funds", "leave", "silent", "doubt", "random"]]
    seed: Optional[int]


ListConnectionsQuery = TypedDict(
    "ListConnectionsQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


class _CreateConnectionBodyAlways(TypedDict):
    """What is always there."""

    #: By the names that `docs/api.md` lists for each provider. Never shown again.
    credentials: Dict[str, str]
    provider: Literal["razorpay", "hdfc", "paypal", "paytm", "phonepe", "cashfree"]


class CreateConnectionBody(_CreateConnectionBodyAlways, total=False):
    """CreateConnectionBody"""

    #: The largest.
    amount_max: Optional[int]
    #: The smallest payment, in minor units.
    amount_min: Optional[int]
    #: What the account was switched on for at the provider.
    features: Optional[List[Literal["upi_intent", "saved_methods"]]]
    #: Ways to pay, of those that the provider offers.
    flows: Optional[List[Literal["script", "redirect", "upi_intent"]]]
    #: `Main`, when left out.
    label: Optional[str]
    #: How long a payer has.
    session_secs: Optional[int]
    #: Signs the provider's webhooks, where it has one. Changed, the one before verifies for two more days.
    webhook_secret: Optional[str]


class UpdateConnectionBody(TypedDict, total=False):
    """UpdateConnectionBody"""

    #: The largest.
    amount_max: Optional[int]
    #: The smallest payment, in minor units.
    amount_min: Optional[int]
    #: All of them, of the same account. The provider has to accept them first.
    credentials: Optional[Dict[str, str]]
    #: What the account was switched on for at the provider.
    features: Optional[List[Literal["upi_intent", "saved_methods"]]]
    #: Ways to pay, of those that the provider offers.
    flows: Optional[List[Literal["script", "redirect", "upi_intent"]]]
    label: Optional[str]
    #: How long a payer has.
    session_secs: Optional[int]
    #: `disabled`: it begins no payments.
    status: Optional[Literal["enabled", "disabled"]]
    #: Signs the provider's webhooks, where it has one. Changed, the one before verifies for two more days.
    webhook_secret: Optional[str]


class ListConnectionMethodsQuery(TypedDict, total=False):
    """ListConnectionMethodsQuery"""

    #: Instalments of so much, in minor units.
    amount: Union[int, str]
    #: Of the amount. INR, when left out.
    currency: Currency


class SweepConnectionBody(TypedDict, total=False):
    """SweepConnectionBody"""

    #: How far back at least. As far as was never read, unless said.
    days: Optional[int]


ListCustomersQuery = TypedDict(
    "ListCustomersQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "email": "str",
        "ending_before": "str",
        "limit": "int",
        "phone": "str",
        "starting_after": "str",
    },
    total=False,
)


class CreateCustomerBody(TypedDict, total=False):
    """CreateCustomerBody"""

    email: Optional[str]
    #: Pairs of text of your own.
    metadata: Optional[Dict[str, str]]
    name: Optional[str]
    #: A plus, the country code and digits.
    phone: Optional[str]


class UpdateCustomerBody(TypedDict, total=False):
    """UpdateCustomerBody"""

    email: Optional[str]
    #: All of it anew.
    metadata: Optional[Dict[str, str]]
    #: `null` takes it away.
    name: Optional[str]
    phone: Optional[str]


ListEndpointsQuery = TypedDict(
    "ListEndpointsQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


class _CreateEndpointBodyAlways(TypedDict):
    """What is always there."""

    #: A public https address; in test mode also one that the server's operator allows.
    url: str


class CreateEndpointBody(_CreateEndpointBodyAlways, total=False):
    """CreateEndpointBody"""

    description: Optional[str]
    #: Types of events, or `["*"]` for all of them.
    events: Optional[Union[List[Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]], List[Literal["*"]]]]
    #: An event waits while an earlier one of the same object is undelivered.
    ordered: Optional[bool]
    #: Deliveries per second, at most. `null`: as quickly as it answers.
    rate_per_sec: Optional[int]
    #: `standard`: for five days. `first_five`: so many tries. Or the gaps between them, in seconds.
    retries: Optional[Union[Literal["standard", "first_five"], List[int]]]
    #: `hmac`: with a secret. `ed25519`: with a private key of ours, verified by its `public_key`.
    signature: Optional[Literal["hmac", "ed25519"]]
    #: The shape of what it is told, by its date. As this key has it, unless said.
    version: Optional[Literal["2026-08-01", "2026-11-01"]]


class UpdateEndpointBody(TypedDict, total=False):
    """UpdateEndpointBody"""

    description: Optional[str]
    #: Types of events, or `["*"]` for all of them.
    events: Optional[Union[List[Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]], List[Literal["*"]]]]
    #: An event waits while an earlier one of the same object is undelivered.
    ordered: Optional[bool]
    #: Deliveries per second, at most. `null`: as quickly as it answers.
    rate_per_sec: Optional[int]
    #: `standard`: for five days. `first_five`: so many tries. Or the gaps between them, in seconds.
    retries: Optional[Union[Literal["standard", "first_five"], List[int]]]
    status: Optional[Literal["enabled", "disabled"]]
    #: A public https address; in test mode also one that the server's operator allows.
    url: Optional[str]
    #: The shape of what it is told, by its date. As this key has it, unless said.
    version: Optional[Literal["2026-08-01", "2026-11-01"]]


ListDeliveriesQuery = TypedDict(
    "ListDeliveriesQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
        "status": "Literal['scheduled', 'delivered', 'exhausted', 'disabled']",
    },
    total=False,
)


class _ReplayEndpointBodyAlways(TypedDict):
    """What is always there."""

    #: Events of this moment and later.
    since: str


class ReplayEndpointBody(_ReplayEndpointBodyAlways, total=False):
    """ReplayEndpointBody"""

    #: Of what the endpoint wants, these alone.
    types: Optional[Union[List[Literal["order.created", "order.attempted", "order.paid", "order.expired", "order.cancelled", "payment.created", "payment.pending", "payment.try_failed", "payment.authorized", "payment.captured", "payment.suspended", "payment.failed", "payment.expired", "payment.cancelled", "payment.in_doubt", "payment.doubt_resolved", "payment.doubt_escalated", "refund.requested", "refund.processing", "refund.processed", "refund.failed", "discrepancy.opened", "connection.webhooks_silent", "connection.webhooks_refused", "connection.webhooks_recovered", "endpoint.disabled", "endpoint.test"]], List[Literal["*"]]]]
    #: Events before this moment. Until now, unless said.
    until: Optional[str]


class RotateEndpointSecretBody(TypedDict, total=False):
    """RotateEndpointSecretBody"""

    #: To change the kind of signature. As it was, unless said.
    signature: Optional[Literal["hmac", "ed25519"]]


ListEventsQuery = TypedDict(
    "ListEventsQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "expand[]": "List[Literal['deliveries']]",
        "limit": "int",
        "object_id": "str",
        "starting_after": "str",
        "type": "Literal['order.created', 'order.attempted', 'order.paid', 'order.expired', 'order.cancelled', 'payment.created', 'payment.pending', 'payment.try_failed', 'payment.authorized', 'payment.captured', 'payment.suspended', 'payment.failed', 'payment.expired', 'payment.cancelled', 'payment.in_doubt', 'payment.doubt_resolved', 'payment.doubt_escalated', 'refund.requested', 'refund.processing', 'refund.processed', 'refund.failed', 'discrepancy.opened', 'connection.webhooks_silent', 'connection.webhooks_refused', 'connection.webhooks_recovered', 'endpoint.disabled', 'endpoint.test']",
    },
    total=False,
)


GetEventQuery = TypedDict(
    "GetEventQuery",
    {
        "expand[]": "List[Literal['deliveries']]",
    },
    total=False,
)


ListExchangesQuery = TypedDict(
    "ListExchangesQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "object_id": "str",
        "starting_after": "str",
    },
    total=False,
)


ListFallbacksQuery = TypedDict(
    "ListFallbacksQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


class OfferFallbackBody(TypedDict):
    """OfferFallbackBody"""

    #: One of yours, of the same mode.
    connection_id: str
    #: Who may fall back to it, once it accepts.
    merchant_id: str


ListKeysQuery = TypedDict(
    "ListKeysQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


class _CreateKeyBodyAlways(TypedDict):
    """What is always there."""

    name: str


class CreateKeyBody(_CreateKeyBodyAlways, total=False):
    """CreateKeyBody"""

    #: RFC 3339. Never, when left out.
    expires_at: Optional[str]
    #: Where it may be used from. Anywhere, when left out.
    networks: Optional[List[str]]
    #: What it may do: no more than the key that makes it. All but `connections:write` and `keys:write`, when left out.
    scopes: Optional[List[Literal["payments:read", "payments:write", "refunds:write", "connections:read", "connections:write", "webhooks:read", "webhooks:write", "keys:write", "books:read", "exports:read", "routing:write"]]]


class RotateKeyBody(TypedDict, total=False):
    """RotateKeyBody"""

    #: How long the old one goes on: a day, when left out.
    overlap_secs: Optional[int]


ListOrdersQuery = TypedDict(
    "ListOrdersQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "currency": "Currency",
        "ending_before": "str",
        "expand[]": "List[Literal['payments', 'payments.connection', 'payments.refunds']]",
        "limit": "int",
        "metadata": "Dict[str, str]",
        "receipt": "str",
        "reference": "str",
        "starting_after": "str",
        "status": "Literal['created', 'attempted', 'paid', 'expired', 'cancelled']",
    },
    total=False,
)


class CreateOrderBodyCustomer(TypedDict, total=False):
    """Who pays."""

    email: Optional[str]
    name: Optional[str]
    #: A plus, the country code and digits.
    phone: Optional[str]


class _CreateOrderBodyAlways(TypedDict):
    """What is always there."""

    #: What is owed, in minor units: up to 10,000,000,000 major ones.
    amount: int
    #: An ISO 4217 code in capitals.
    currency: Currency


class CreateOrderBody(_CreateOrderBodyAlways, total=False):
    """CreateOrderBody"""

    #: `manual`: the bank holds the money until you capture it.
    capture: Optional[Literal["automatic", "manual"]]
    #: Who pays.
    customer: Optional[CreateOrderBodyCustomer]
    #: Whose order it is. What `customer` leaves out is taken from them.
    customer_id: Optional[str]
    #: What the payer reads.
    description: Optional[str]
    #: RFC 3339, from one minute to one year ahead. Never, when left out.
    expires_at: Optional[str]
    #: Pairs of text of your own.
    metadata: Optional[Dict[str, str]]
    #: The payer's page offers what the customer has saved. Whoever has its link can then charge it.
    offer_saved_methods: Optional[bool]
    #: Your own number. Lists can be narrowed by it.
    receipt: Optional[str]
    #: Where the payer's page leads back to: https, without user name; in test mode also http://localhost.
    return_url: Optional[str]


ExportOrdersQuery = TypedDict(
    "ExportOrdersQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "currency": "Currency",
        "format": "Literal['csv', 'xlsx']",
        "metadata": "Dict[str, str]",
        "receipt": "str",
        "reference": "str",
        "status": "Literal['created', 'attempted', 'paid', 'expired', 'cancelled']",
    },
    total=False,
)


GetOrderQuery = TypedDict(
    "GetOrderQuery",
    {
        "expand[]": "List[Literal['payments', 'payments.connection', 'payments.refunds']]",
    },
    total=False,
)


ListOrderPaymentsQuery = TypedDict(
    "ListOrderPaymentsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "currency": "Currency",
        "ending_before": "str",
        "expand[]": "List[Literal['connection', 'order', 'refunds']]",
        "limit": "int",
        "metadata": "Dict[str, str]",
        "method": "Literal['card', 'upi', 'netbanking', 'wallet', 'emi', 'pay_later', 'bank_transfer', 'other']",
        "outcome": "Literal['unknown']",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reference": "str",
        "starting_after": "str",
        "status": "Literal['created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'cancelled']",
    },
    total=False,
)


ListPaymentsQuery = TypedDict(
    "ListPaymentsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "currency": "Currency",
        "ending_before": "str",
        "expand[]": "List[Literal['connection', 'order', 'refunds']]",
        "limit": "int",
        "metadata": "Dict[str, str]",
        "method": "Literal['card', 'upi', 'netbanking', 'wallet', 'emi', 'pay_later', 'bank_transfer', 'other']",
        "order_id": "str",
        "outcome": "Literal['unknown']",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reference": "str",
        "starting_after": "str",
        "status": "Literal['created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'cancelled']",
    },
    total=False,
)


class CreatePaymentBodyPayer(TypedDict, total=False):
    """CreatePaymentBodyPayer"""

    #: Kept as evidence.
    ip: Optional[str]
    #: Kept as evidence.
    user_agent: Optional[str]


class _CreatePaymentBodyAlways(TypedDict):
    """What is always there."""

    order_id: str


class CreatePaymentBody(_CreatePaymentBodyAlways, total=False):
    """CreatePaymentBody"""

    #: Your routing rules decide, when left out.
    connection_id: Optional[str]
    #: How the payer gets to the provider. The connection's first, when left out.
    flow: Optional[Literal["script", "redirect", "upi_intent"]]
    #: Routes the payment, if you know it. A saved method's id charges it, at once and with nobody at a screen.
    method: Any
    payer: Optional[CreatePaymentBodyPayer]
    #: The payer agreed that what they pay with is saved for the order's customer: the version of your text.
    save_consent: Optional[str]


ExportPaymentsQuery = TypedDict(
    "ExportPaymentsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "currency": "Currency",
        "format": "Literal['csv', 'xlsx']",
        "metadata": "Dict[str, str]",
        "method": "Literal['card', 'upi', 'netbanking', 'wallet', 'emi', 'pay_later', 'bank_transfer', 'other']",
        "order_id": "str",
        "outcome": "Literal['unknown']",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reference": "str",
        "status": "Literal['created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'cancelled']",
    },
    total=False,
)


GetPaymentQuery = TypedDict(
    "GetPaymentQuery",
    {
        "expand[]": "List[Literal['connection', 'order', 'refunds']]",
    },
    total=False,
)


class CapturePaymentBody(TypedDict, total=False):
    """CapturePaymentBody"""

    #: In minor units. All that is held, when left out.
    amount: int


ListPaymentRefundsQuery = TypedDict(
    "ListPaymentRefundsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "expand[]": "List[Literal['connection', 'order', 'payment', 'payment.connection']]",
        "limit": "int",
        "metadata": "Dict[str, str]",
        "order_id": "str",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reason": "Literal['customer_request', 'dispute', 'damaged', 'not_delivered', 'delayed', 'late_success', 'other']",
        "reference": "str",
        "starting_after": "str",
        "status": "Literal['requested', 'processing', 'processed', 'failed']",
    },
    total=False,
)


class CreatePaymentRefundBody(TypedDict, total=False):
    """CreatePaymentRefundBody"""

    #: In minor units. All that is left, when left out.
    amount: int
    metadata: Optional[Dict[str, str]]
    note: Optional[str]
    #: `other`, when left out.
    reason: Optional[Literal["customer_request", "dispute", "damaged", "not_delivered", "delayed", "other"]]


class RetryPaymentBodyPayer(TypedDict, total=False):
    """RetryPaymentBodyPayer"""

    #: Kept as evidence.
    ip: Optional[str]
    #: Kept as evidence.
    user_agent: Optional[str]


class RetryPaymentBody(TypedDict, total=False):
    """RetryPaymentBody"""

    #: Your routing rules decide, when left out.
    connection_id: Optional[str]
    #: The same as before, when left out.
    flow: Optional[Literal["script", "redirect", "upi_intent"]]
    #: Routes the payment, if you know it.
    method: Optional[Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]]
    payer: Optional[RetryPaymentBodyPayer]


ListRefundsQuery = TypedDict(
    "ListRefundsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "expand[]": "List[Literal['connection', 'order', 'payment', 'payment.connection']]",
        "limit": "int",
        "metadata": "Dict[str, str]",
        "order_id": "str",
        "payment_id": "str",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reason": "Literal['customer_request', 'dispute', 'damaged', 'not_delivered', 'delayed', 'late_success', 'other']",
        "reference": "str",
        "starting_after": "str",
        "status": "Literal['requested', 'processing', 'processed', 'failed']",
    },
    total=False,
)


class _CreateRefundBodyAlways(TypedDict):
    """What is always there."""

    payment_id: str


class CreateRefundBody(_CreateRefundBodyAlways, total=False):
    """CreateRefundBody"""

    #: In minor units. All that is left, when left out.
    amount: int
    metadata: Optional[Dict[str, str]]
    note: Optional[str]
    #: `other`, when left out.
    reason: Optional[Literal["customer_request", "dispute", "damaged", "not_delivered", "delayed", "other"]]


ExportRefundsQuery = TypedDict(
    "ExportRefundsQuery",
    {
        "amount": "Union[int, str]",
        "amount[gt]": "Union[int, str]",
        "amount[gte]": "Union[int, str]",
        "amount[lt]": "Union[int, str]",
        "amount[lte]": "Union[int, str]",
        "connection_id": "str",
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "format": "Literal['csv', 'xlsx']",
        "metadata": "Dict[str, str]",
        "order_id": "str",
        "payment_id": "str",
        "provider": "Literal['razorpay', 'hdfc', 'paypal', 'paytm', 'phonepe', 'cashfree']",
        "reason": "Literal['customer_request', 'dispute', 'damaged', 'not_delivered', 'delayed', 'late_success', 'other']",
        "reference": "str",
        "status": "Literal['requested', 'processing', 'processed', 'failed']",
    },
    total=False,
)


GetRefundQuery = TypedDict(
    "GetRefundQuery",
    {
        "expand[]": "List[Literal['connection', 'order', 'payment', 'payment.connection']]",
    },
    total=False,
)


ListRequestsQuery = TypedDict(
    "ListRequestsQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


ListResendsQuery = TypedDict(
    "ListResendsQuery",
    {
        "created[gt]": "str",
        "created[gte]": "str",
        "created[lt]": "str",
        "created[lte]": "str",
        "ending_before": "str",
        "limit": "int",
        "starting_after": "str",
    },
    total=False,
)


class _SetRoutingBodyRulesToAlways(TypedDict):
    """What is always there."""

    connection: str


class SetRoutingBodyRulesTo(_SetRoutingBodyRulesToAlways, total=False):
    """SetRoutingBodyRulesTo"""

    #: Among the others; 0 is a last resort. 1 when left out.
    weight: int


SetRoutingBodyRulesWhen = TypedDict(
    "SetRoutingBodyRulesWhen",
    {
        "amount_max": "Optional[int]",
        "amount_min": "Optional[int]",
        "currency": "Optional[Currency]",
        "days": "List[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]",
        "from": "Optional[str]",
        "methods": "List[Literal['card', 'upi', 'netbanking', 'wallet', 'emi', 'pay_later', 'bank_transfer', 'other']]",
        "to": "Optional[str]",
    },
    total=False,
)


class _SetRoutingBodyRulesAlways(TypedDict):
    """What is always there."""

    name: str
    to: List[SetRoutingBodyRulesTo]


class SetRoutingBodyRules(_SetRoutingBodyRulesAlways, total=False):
    """SetRoutingBodyRules"""

    #: Everything, when left out.
    when: SetRoutingBodyRulesWhen


class SetRoutingBody(TypedDict):
    """SetRoutingBody"""

    #: First match first. None takes your connections in their order.
    rules: List[SetRoutingBodyRules]


class SetRoutingFallbackBody(TypedDict):
    """SetRoutingFallbackBody"""

    #: `false` declines the offer, or ends what stands.
    accepted: bool


class SetRoutingPolicyBody(TypedDict):
    """SetRoutingPolicyBody"""

    late_success: Literal["refund_later", "accept_and_void_other"]


class _PreviewRoutingQueryAlways(TypedDict):
    """What is always there."""

    #: In minor units.
    amount: int
    currency: Currency


class PreviewRoutingQuery(_PreviewRoutingQueryAlways, total=False):
    """PreviewRoutingQuery"""

    flow: Literal["script", "redirect", "upi_intent"]
    method: Literal["card", "upi", "netbanking", "wallet", "emi", "pay_later", "bank_transfer", "other"]


class SetTestSettingsBody(TypedDict, total=False):
    """SetTestSettingsBody"""

    #: How far the simulators' clock is moved on afterwards.
    clock_ms: Optional[int]
    #: How long the payer takes.
    delay_ms: Optional[int]
    #: How the payer pays.
    method: Optional[Literal["upi", "card", "netbanking", "wallet"]]
    #: What the payer does. `doubt`: the provider takes the payment on and answers nothing. `random`: drawn from the seed and the order's receipt.
    outcome: Optional[Literal["pay", "authorize", "decline", "insufficient_funds", "leave", "silent", "doubt", "random"]]
    #: What `random` is drawn from.
    seed: Optional[int]


class BalancesResource:
    """`/balances`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, *, timeout: Optional[float] = None) -> Page[Balance]:
        """Read your book, by account. All of them on one page."""
        return self._http.page("/balances", None, timeout=timeout)


class ConnectionsResource:
    """`/connections`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListConnectionsQuery] = None, *, timeout: Optional[float] = None) -> Page[Connection]:
        """List connections. Newest first."""
        return self._http.page("/connections", query, timeout=timeout)

    def create(self, body: CreateConnectionBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Connection:
        """Connect an account. The provider is asked whether it accepts the credentials; if not, nothing is kept. Then paste `webhook_url` at the provider."""
        return self._http.write("POST", "/connections", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def get(self, id: str, *, timeout: Optional[float] = None) -> Connection:
        """Read a connection."""
        return self._http.read(f"/connections/{quote(id, safe='')}", None, timeout=timeout)

    def update(self, id: str, body: Optional[UpdateConnectionBody] = None, *, timeout: Optional[float] = None) -> Connection:
        """Change a connection. What is left out stays as it is. Payments under way go on being watched."""
        return self._http.write("PATCH", f"/connections/{quote(id, safe='')}", body or {}, timeout=timeout)

    def get_balance(self, id: str, *, timeout: Optional[float] = None) -> ConnectionBalance:
        """Ask a provider what stands on the account. What was collected and not yet paid out, in each currency, told by the provider itself at each call, which may be hours late. Where no document of a provider's confirms such a balance, the answer is `balance_not_offered`. Your own book is `/balances`."""
        return self._http.read(f"/connections/{quote(id, safe='')}/balance", None, timeout=timeout)

    def list_methods(self, id: str, *, query: Optional[ListConnectionMethodsQuery] = None, timeout: Optional[float] = None) -> ConnectionMethods:
        """Read what a connection can be paid with. Banks, wallets and instalment plans, as its provider lists them; kept for a quarter of an hour. Where the provider lists nothing, what it generally offers."""
        return self._http.read(f"/connections/{quote(id, safe='')}/methods", query, timeout=timeout)

    def sweep(self, id: str, body: Optional[SweepConnectionBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Sweep:
        """Read the provider's own lists. Finds money that no webhook told of and no question found. Done daily by itself. One sweep at a time: asked for again meanwhile, it answers with the one that is under way. What a list lacks is not touched."""
        return self._http.write("POST", f"/connections/{quote(id, safe='')}/sweep", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def test(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Connection:
        """Test a connection. A real call with its credentials; no money moves. What the provider said stands in `test_result`."""
        return self._http.write("POST", f"/connections/{quote(id, safe='')}/test", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class CustomersResource:
    """`/customers`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListCustomersQuery] = None, *, timeout: Optional[float] = None) -> Page[Customer]:
        """List customers. Newest first."""
        return self._http.page("/customers", query, timeout=timeout)

    def create(self, body: Optional[CreateCustomerBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Customer:
        """Create a customer. Name it in orders (`customer_id`), so that what the payer agrees to save is saved for them."""
        return self._http.write("POST", "/customers", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def delete(self, id: str, *, timeout: Optional[float] = None) -> Customer:
        """Erase a customer. Name, address, number and metadata go, from their orders and payments too, and providers are told to forget what they keep for them. The id, the orders and the money stay."""
        return self._http.write("DELETE", f"/customers/{quote(id, safe='')}", None, timeout=timeout)

    def get(self, id: str, *, timeout: Optional[float] = None) -> Customer:
        """Read a customer."""
        return self._http.read(f"/customers/{quote(id, safe='')}", None, timeout=timeout)

    def update(self, id: str, body: Optional[UpdateCustomerBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Customer:
        """Change a customer. What is left out stays. Orders keep what they were made with."""
        return self._http.write("POST", f"/customers/{quote(id, safe='')}", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def list_methods(self, id: str, *, timeout: Optional[float] = None) -> Page[SavedMethod]:
        """List a customer's saved methods. Those that can be charged, the default one first, on one page."""
        return self._http.page(f"/customers/{quote(id, safe='')}/methods", None, timeout=timeout)


class DeliveriesResource:
    """`/deliveries`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, id: str, *, timeout: Optional[float] = None) -> DeliveryWithTries:
        """Read a delivery. With what was sent and what came back, try by try."""
        return self._http.read(f"/deliveries/{quote(id, safe='')}", None, timeout=timeout)

    def retry(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> DeliveryWithTries:
        """Send a delivery again. Whatever became of it."""
        return self._http.write("POST", f"/deliveries/{quote(id, safe='')}/retry", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class EndpointsResource:
    """`/endpoints`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListEndpointsQuery] = None, *, timeout: Optional[float] = None) -> Page[Endpoint]:
        """List endpoints."""
        return self._http.page("/endpoints", query, timeout=timeout)

    def create(self, body: CreateEndpointBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> EndpointWithSecret:
        """Register an endpoint. The signing `secret` is in this answer, this once."""
        return self._http.write("POST", "/endpoints", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def delete(self, id: str, *, timeout: Optional[float] = None) -> DeletedEndpoint:
        """Delete an endpoint."""
        return self._http.write("DELETE", f"/endpoints/{quote(id, safe='')}", None, timeout=timeout)

    def get(self, id: str, *, timeout: Optional[float] = None) -> Endpoint:
        """Read an endpoint."""
        return self._http.read(f"/endpoints/{quote(id, safe='')}", None, timeout=timeout)

    def update(self, id: str, body: Optional[UpdateEndpointBody] = None, *, timeout: Optional[float] = None) -> Endpoint:
        """Change an endpoint. What is left out stays as it is."""
        return self._http.write("PATCH", f"/endpoints/{quote(id, safe='')}", body or {}, timeout=timeout)

    def list_deliveries(self, id: str, query: Optional[ListDeliveriesQuery] = None, *, timeout: Optional[float] = None) -> Page[Delivery]:
        """List deliveries to an endpoint. Newest first, without their tries."""
        return self._http.page(f"/endpoints/{quote(id, safe='')}/deliveries", query, timeout=timeout)

    def replay(self, id: str, body: ReplayEndpointBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Replay:
        """Send everything of a time again. What the endpoint wants of it, delivered before or not."""
        return self._http.write("POST", f"/endpoints/{quote(id, safe='')}/replay", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def rotate_secret(self, id: str, body: Optional[RotateEndpointSecretBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> EndpointWithSecret:
        """Make a new signing key. A secret is in this answer, this once. For a day the old key signs as well."""
        return self._http.write("POST", f"/endpoints/{quote(id, safe='')}/rotate_secret", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def test(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Event:
        """Send a test event. A real one, signed: `endpoint.test`, to this endpoint and to those that listen to it."""
        return self._http.write("POST", f"/endpoints/{quote(id, safe='')}/test", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class EventsResource:
    """`/events`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListEventsQuery] = None, *, timeout: Optional[float] = None) -> Page[Event]:
        """List events. Ask for what came since the last one you know (`ending_before`), page by page, and none is missed."""
        return self._http.page("/events", query, timeout=timeout)

    def get(self, id: str, *, query: Optional[GetEventQuery] = None, timeout: Optional[float] = None) -> Event:
        """Read an event."""
        return self._http.read(f"/events/{quote(id, safe='')}", query, timeout=timeout)

    def list_deliveries(self, id: str, *, timeout: Optional[float] = None) -> Page[Delivery]:
        """List deliveries of an event. One for each endpoint that it was promised to, on one page."""
        return self._http.page(f"/events/{quote(id, safe='')}/deliveries", None, timeout=timeout)

    def resend(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Resend:
        """Send an event again. To every endpoint that it was promised to."""
        return self._http.write("POST", f"/events/{quote(id, safe='')}/resend", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class ExchangesResource:
    """`/exchanges`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListExchangesQuery] = None, *, timeout: Optional[float] = None) -> Page[Exchange]:
        """List exchanges with providers. Newest first; with `ending_before`, as they come."""
        return self._http.page("/exchanges", query, timeout=timeout)


class FallbacksResource:
    """`/fallbacks`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListFallbacksQuery] = None, *, timeout: Optional[float] = None) -> Page[Fallback]:
        """List what you offered. For the platform's own merchant. Newest first."""
        return self._http.page("/fallbacks", query, timeout=timeout)

    def offer(self, body: OfferFallbackBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Fallback:
        """Offer a connection to a merchant. For the platform's own merchant, which the operator names."""
        return self._http.write("POST", "/fallbacks", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def withdraw(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Fallback:
        """Take an offer back. Accepted or not. No payment begins on it from now on."""
        return self._http.write("POST", f"/fallbacks/{quote(id, safe='')}/withdraw", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class KeysResource:
    """`/keys`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListKeysQuery] = None, *, timeout: Optional[float] = None) -> Page[ApiKey]:
        """List keys. Newest first."""
        return self._http.page("/keys", query, timeout=timeout)

    def create(self, body: CreateKeyBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> ApiKey:
        """Make a key. Its `secret` is in this answer and never again: a repeat of the request has the key without it."""
        return self._http.write("POST", "/keys", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def get(self, id: str, *, timeout: Optional[float] = None) -> ApiKey:
        """Read a key."""
        return self._http.read(f"/keys/{quote(id, safe='')}", None, timeout=timeout)

    def revoke(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> ApiKey:
        """Revoke a key. From now on it opens nothing. A key may revoke itself."""
        return self._http.write("POST", f"/keys/{quote(id, safe='')}/revoke", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def rotate(self, id: str, body: Optional[RotateKeyBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> ApiKey:
        """Put a new key in a key's place. It may do the same, from the same networks. Both open until the overlap has passed."""
        return self._http.write("POST", f"/keys/{quote(id, safe='')}/rotate", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class OrdersResource:
    """`/orders`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListOrdersQuery] = None, *, timeout: Optional[float] = None) -> Page[Order]:
        """List orders. Newest first."""
        return self._http.page("/orders", query, timeout=timeout)

    def create(self, body: CreateOrderBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Order:
        """Create an order. Send the payer to its `checkout_url`, and wait for `order.paid`."""
        return self._http.write("POST", "/orders", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def export(self, query: ExportOrdersQuery, *, timeout: Optional[float] = None) -> bytes:
        """Export orders. Every order that the list would show with these filters, newest first, as a file."""
        return self._http.raw("GET", "/orders/export", query, timeout=timeout)

    def get(self, id: str, *, query: Optional[GetOrderQuery] = None, timeout: Optional[float] = None) -> Order:
        """Read an order."""
        return self._http.read(f"/orders/{quote(id, safe='')}", query, timeout=timeout)

    def cancel(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Order:
        """Cancel an order. It can no longer be paid. Money that arrives all the same is recorded and, by the merchant's setting, given back or accepted."""
        return self._http.write("POST", f"/orders/{quote(id, safe='')}/cancel", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def list_payments(self, id: str, query: Optional[ListOrderPaymentsQuery] = None, *, timeout: Optional[float] = None) -> Page[Payment]:
        """List an order's payments. Every engagement of a connection to collect it."""
        return self._http.page(f"/orders/{quote(id, safe='')}/payments", query, timeout=timeout)


class PaymentsResource:
    """`/payments`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListPaymentsQuery] = None, *, timeout: Optional[float] = None) -> Page[Payment]:
        """List payments. Newest first."""
        return self._http.page("/payments", query, timeout=timeout)

    def create(self, body: CreatePaymentBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Payment:
        """Begin a payment. The checkout page does it; do it yourself when you have a page of your own. `next_step` says what that page does now. A provider that refuses to open it answers with status `failed`."""
        return self._http.write("POST", "/payments", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def export(self, query: ExportPaymentsQuery, *, timeout: Optional[float] = None) -> bytes:
        """Export payments. Every payment that the list would show with these filters, newest first, as a file."""
        return self._http.raw("GET", "/payments/export", query, timeout=timeout)

    def get(self, id: str, *, query: Optional[GetPaymentQuery] = None, timeout: Optional[float] = None) -> Payment:
        """Read a payment."""
        return self._http.read(f"/payments/{quote(id, safe='')}", query, timeout=timeout)

    def cancel(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Payment:
        """Cancel a payment. Lets an open or authorised payment go. Where the provider can be asked to release the hold, it is, at once: until it answers, the outcome is unknown. Elsewhere it releases the hold when its window ends."""
        return self._http.write("POST", f"/payments/{quote(id, safe='')}/cancel", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def capture(self, id: str, body: Optional[CapturePaymentBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Payment:
        """Capture a payment. Takes what the bank holds for an order with `capture` `manual`, once. With an `amount` below that, it takes so much and lets the rest go: the order is then paid, and its `amount_paid` says how much was taken. Not every provider takes a part; docs/providers.md says which."""
        return self._http.write("POST", f"/payments/{quote(id, safe='')}/capture", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def check(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Payment:
        """Ask the provider now. For a payment whose `outcome` is `unknown`. We ask by ourselves as well."""
        return self._http.write("POST", f"/payments/{quote(id, safe='')}/check", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def list_refunds(self, id: str, query: Optional[ListPaymentRefundsQuery] = None, *, timeout: Optional[float] = None) -> Page[Refund]:
        """List a payment's refunds. Those made at the provider's own dashboard included."""
        return self._http.page(f"/payments/{quote(id, safe='')}/refunds", query, timeout=timeout)

    def create_refund(self, id: str, body: Optional[CreatePaymentRefundBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Refund:
        """Refund a payment. Refunds under way count against what is left, so that two at once never pass it."""
        return self._http.write("POST", f"/payments/{quote(id, safe='')}/refunds", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def retry(self, id: str, body: Optional[RetryPaymentBody] = None, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Payment:
        """Try a failed payment again. Begins another payment of the same order, whose `after` is this one. For a payment that failed or expired. Tries that failed with the payer are counted: three may follow the first, within 24 hours of it, unless the operator has set other limits. `POST /payments` and the checkout page obey them too."""
        return self._http.write("POST", f"/payments/{quote(id, safe='')}/retry", body or {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class RefundsResource:
    """`/refunds`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListRefundsQuery] = None, *, timeout: Optional[float] = None) -> Page[Refund]:
        """List refunds. Newest first."""
        return self._http.page("/refunds", query, timeout=timeout)

    def create(self, body: CreateRefundBody, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Refund:
        """Refund a payment that the body names. Refunds under way count against what is left, so that two at once never pass it."""
        return self._http.write("POST", "/refunds", body, idempotency_key=idempotency_key, headers=headers, timeout=timeout)

    def export(self, query: ExportRefundsQuery, *, timeout: Optional[float] = None) -> bytes:
        """Export refunds. Every refund that the list would show with these filters, newest first, as a file."""
        return self._http.raw("GET", "/refunds/export", query, timeout=timeout)

    def get(self, id: str, *, query: Optional[GetRefundQuery] = None, timeout: Optional[float] = None) -> Refund:
        """Read a refund."""
        return self._http.read(f"/refunds/{quote(id, safe='')}", query, timeout=timeout)

    def check(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> Refund:
        """Ask the provider now. For a refund whose `outcome` is `unknown`."""
        return self._http.write("POST", f"/refunds/{quote(id, safe='')}/check", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class ReplaysResource:
    """`/replays`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, id: str, *, timeout: Optional[float] = None) -> Replay:
        """Read how far a replay has come."""
        return self._http.read(f"/replays/{quote(id, safe='')}", None, timeout=timeout)


class RequestsResource:
    """`/requests`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListRequestsQuery] = None, *, timeout: Optional[float] = None) -> Page[ApiRequest]:
        """List requests. Newest first: the last 200 that the node answered which you ask, from its memory. Nothing outlives a restart, and each of several nodes lists its own. A request with a wrong key is in no list, and neither is what was read here, or by `hundi listen` and `hundi logs tail`."""
        return self._http.page("/requests", query, timeout=timeout)


class ResendsResource:
    """`/resends`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, query: Optional[ListResendsQuery] = None, *, timeout: Optional[float] = None) -> Page[Resend]:
        """List what was sent again. Events, and single deliveries of them. Who reads events by a cursor looks here as well."""
        return self._http.page("/resends", query, timeout=timeout)


class RoutingResource:
    """`/routing`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, *, timeout: Optional[float] = None) -> Routing:
        """Read your routing rules."""
        return self._http.read("/routing", None, timeout=timeout)

    def set(self, body: SetRoutingBody, *, timeout: Optional[float] = None) -> Routing:
        """Replace your routing rules. The whole list at once: doing it twice is doing it once."""
        return self._http.write("PUT", "/routing", body, timeout=timeout)

    def get_fallback(self, *, timeout: Optional[float] = None) -> RoutingFallback:
        """Read whether the platform's account stands behind yours."""
        return self._http.read("/routing/fallback", None, timeout=timeout)

    def set_fallback(self, body: SetRoutingFallbackBody, *, timeout: Optional[float] = None) -> RoutingFallback:
        """Accept the platform's account as a last resort, or end it. Needs the scope `connections:write`: it decides where your money goes. After `false` the platform has to offer anew."""
        return self._http.write("PUT", "/routing/fallback", body, timeout=timeout)

    def get_policy(self, *, timeout: Optional[float] = None) -> RoutingPolicy:
        """Read your policy."""
        return self._http.read("/routing/policy", None, timeout=timeout)

    def set_policy(self, body: SetRoutingPolicyBody, *, timeout: Optional[float] = None) -> RoutingPolicy:
        """Decide about payments beside others. Counts for orders created from now on. `refund_later`: a payment may begin beside an open one, and what comes second, or for an order that is over, goes back by itself. `accept_and_void_other`: a payment that begins takes the place of the open one, which is called off; money for an order that is over pays it after all; once it is paid, what still stands open is called off and holds are let go. Under either, nothing begins while another payment is in doubt, and what was charged twice goes back."""
        return self._http.write("PUT", "/routing/policy", body, timeout=timeout)

    def preview(self, query: PreviewRoutingQuery, *, timeout: Optional[float] = None) -> RoutingPreview:
        """See what would happen to a payment now. Nothing is begun."""
        return self._http.read("/routing/preview", query, timeout=timeout)


class SavedMethodsResource:
    """`/saved_methods`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def delete(self, id: str, *, timeout: Optional[float] = None) -> DeletedSavedMethod:
        """Delete a saved method. It is charged no more from now on, and the provider is told to forget it."""
        return self._http.write("DELETE", f"/saved_methods/{quote(id, safe='')}", None, timeout=timeout)

    def get(self, id: str, *, timeout: Optional[float] = None) -> SavedMethod:
        """Read a saved method."""
        return self._http.read(f"/saved_methods/{quote(id, safe='')}", None, timeout=timeout)

    def set_default_method(self, id: str, *, idempotency_key: Optional[str] = None, headers: Optional[Dict[str, str]] = None, timeout: Optional[float] = None) -> SavedMethod:
        """Make a saved method the default. The payer's page offers it first."""
        return self._http.write("POST", f"/saved_methods/{quote(id, safe='')}/default", {}, idempotency_key=idempotency_key, headers=headers, timeout=timeout)


class SweepsResource:
    """`/sweeps`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, id: str, *, timeout: Optional[float] = None) -> Sweep:
        """Read how far a sweep has come."""
        return self._http.read(f"/sweeps/{quote(id, safe='')}", None, timeout=timeout)


class TestResource:
    """`/test`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get_jobs_status(self, *, timeout: Optional[float] = None) -> JobsStatus:
        """Read how your jobs stand. Wait until nothing is pending that is due, then look."""
        return self._http.read("/test/jobs/status", None, timeout=timeout)

    def get_settings(self, *, timeout: Optional[float] = None) -> TestSettings:
        """Read what this key's payers do."""
        return self._http.read("/test/settings", None, timeout=timeout)

    def set_settings(self, body: Optional[SetTestSettingsBody] = None, *, timeout: Optional[float] = None) -> TestSettings:
        """Say what this key's payers do. With every payment that is begun by API with this key, unless the request's headers say otherwise. `{}` leaves it to them again."""
        return self._http.write("PUT", "/test/settings", body or {}, timeout=timeout)


class Resources:
    """Every resource of the API."""

    def __init__(self, http: Http) -> None:
        self.balances = BalancesResource(http)
        self.connections = ConnectionsResource(http)
        self.customers = CustomersResource(http)
        self.deliveries = DeliveriesResource(http)
        self.endpoints = EndpointsResource(http)
        self.events = EventsResource(http)
        self.exchanges = ExchangesResource(http)
        self.fallbacks = FallbacksResource(http)
        self.keys = KeysResource(http)
        self.orders = OrdersResource(http)
        self.payments = PaymentsResource(http)
        self.refunds = RefundsResource(http)
        self.replays = ReplaysResource(http)
        self.requests = RequestsResource(http)
        self.resends = ResendsResource(http)
        self.routing = RoutingResource(http)
        self.saved_methods = SavedMethodsResource(http)
        self.sweeps = SweepsResource(http)
        self.test = TestResource(http)


class AccountConnectedTwiceError(ApiError):
    """`account_connected_twice`, 409. Use the connection that there is."""


class AddressTooLongError(ApiError):
    """`address_too_long`, 414. The address is too long."""


class AmountOutsideLimitsError(ApiError):
    """`amount_outside_limits`, 422. Change the connection's limits in the console, or the amount."""


class BalanceNotOfferedError(ApiError):
    """`balance_not_offered`, 422. Read your own book instead: GET /api/v1/balances says what the provider still owes you."""


class BodyTooLargeError(ApiError):
    """`body_too_large`, 413. Send less."""


class BodyTooSlowError(ApiError):
    """`body_too_slow`, 408. The body did not arrive in time."""


class CaptureExceedsHeldError(ApiError):
    """`capture_exceeds_held`, 422. Leave `amount` out to take all that is held, or send less."""


class CaptureNotWholeError(ApiError):
    """`capture_not_whole`, 422. Leave `amount` out, capture, and refund what is too much."""


class ConnectionDisabledError(ApiError):
    """`connection_disabled`, 422. Enable it in the console, or leave `connection_id` out."""


class ConnectionTestFailedError(ApiError):
    """`connection_test_failed`, 422. Check the credentials at the provider."""


class CurrencyNotOfferedError(ApiError):
    """`currency_not_offered`, 422. Use a connection of a provider that takes the currency."""


class EncodingNotSupportedError(ApiError):
    """`encoding_not_supported`, 415. Send the body as it is, without a Content-Encoding."""


class EndpointAddressRefusedError(ApiError):
    """`endpoint_address_refused`, 400. Use a public https address without user name; in test mode, one that the server's operator allows (`allow`). To hear of events on your own machine, run `hundi listen`."""


class EndpointDisabledError(ApiError):
    """`endpoint_disabled`, 422. `PATCH` it with `status` `enabled`, then send it again."""


class FallbackStandsError(ApiError):
    """`fallback_stands`, 409. Withdraw what stands, then offer another connection."""


class IdempotencyKeyInFlightError(ApiError):
    """`idempotency_key_in_flight`, 409. Wait for `Retry-After` and repeat it unchanged: the first one's answer comes."""


class IdempotencyKeyReusedError(ApiError):
    """`idempotency_key_reused`, 422. Use a new key for each new request; repeat a request byte for byte."""


class InternalError(ApiError):
    """`internal_error`, 500. Report the `request_id`. It may have been done: look before you repeat it without an `Idempotency-Key`."""


class InvalidFieldError(ApiError):
    """`invalid_field`, 400. Mend the field that `param` names; `message` says what would be right."""


class KeyEndedError(ApiError):
    """`key_ended`, 409. Rotate the key that took its place, or make another."""


class LimitReachedError(ApiError):
    """`limit_reached`, 422. Delete what is no longer needed."""


class MethodNotAllowedError(ApiError):
    """`method_not_allowed`, 405. Use one of the methods in `Allow`."""


class NoConnectionError(ApiError):
    """`no_connection`, 422. Connect or enable a provider account, or ask for another `flow`."""


class NotFoundError(ApiError):
    """`not_found`, 404. Check the id, and that the key is of the same merchant and mode."""


class NotSimulatedError(ApiError):
    """`not_simulated`, 422. Name a connection whose provider the operator put a simulator in place of, or leave the headers out."""


class NotThePlatformError(ApiError):
    """`not_the_platform`, 403. Use a key of the platform's own merchant; the operator names it: `hundi fallback platform`."""


class OrderCannotBeCancelledError(ApiError):
    """`order_cannot_be_cancelled`, 409. Read the order. To give money back, refund its payment."""


class OrderCannotBePaidError(ApiError):
    """`order_cannot_be_paid`, 409. Read the order. If it is paid, fulfil it; else create another."""


class OutcomeUnknownError(ApiError):
    """`outcome_unknown`, 503. It may have been done. Repeat it with the same `Idempotency-Key`; without one, look at the list first."""


class PaymentCannotBeCancelledError(ApiError):
    """`payment_cannot_be_cancelled`, 409. Read the payment. Captured money goes back by a refund."""


class PaymentCannotBeCapturedError(ApiError):
    """`payment_cannot_be_captured`, 409. Read the payment: it is captured already, released or over."""


class PaymentCannotBeRetriedError(ApiError):
    """`payment_cannot_be_retried`, 409. Read the payment. One that is open is gone on with; one that was captured needs no other."""


class PaymentInDoubtError(ApiError):
    """`payment_in_doubt`, 409. Don't charge again. Wait for `payment.doubt_resolved`, or `POST /payments/{id}/check`."""


class PaymentInProgressError(ApiError):
    """`payment_in_progress`, 409. Capture or cancel the payment that is held; one that is being opened is ready in a moment."""


class PaymentNotRefundableError(ApiError):
    """`payment_not_refundable`, 422. Read the payment. Only captured money can be refunded; an authorised payment is cancelled."""


class ProviderRefusedError(ApiError):
    """`provider_refused`, 502. Nothing was done. Look at the payment in the console, mend the cause, and send it again."""


class ProvidersDownError(ApiError):
    """`providers_down`, 503. Offer to pay later, or name a connection to try it all the same."""


class RateLimitedError(ApiError):
    """`rate_limited`, 429. Wait for `Retry-After`, then repeat it with the same `Idempotency-Key`: nothing was done."""


class RefundExceedsCapturedError(ApiError):
    """`refund_exceeds_captured`, 422. Refund less. Refunds that are under way count; so do disputes and those made at the provider."""


class RefundWindowPassedError(ApiError):
    """`refund_window_passed`, 422. Pay the customer back another way."""


class RefundsNotOfferedError(ApiError):
    """`refunds_not_offered`, 422. Refund at the provider, or pay the customer back another way."""


class RetriesUsedUpError(ApiError):
    """`retries_used_up`, 422. Create another order. The operator sets the limits: `retries_max` and `retry_hours_max`."""


class RetryWindowPassedError(ApiError):
    """`retry_window_passed`, 422. Create another order. The operator sets the limits: `retries_max` and `retry_hours_max`."""


class SavedMethodOfAnotherError(ApiError):
    """`saved_method_of_another`, 422. Create the order with the `customer_id` whose method it is."""


class SavedMethodsNotOfferedError(ApiError):
    """`saved_methods_not_offered`, 422. Use a connection whose provider keeps methods, and whose account it switched on for that."""


class ScopeMissingError(ApiError):
    """`scope_missing`, 403. Use a key that has the scope, or have one made."""


class SweepNotOfferedError(ApiError):
    """`sweep_not_offered`, 422. Check single payments instead: POST /api/v1/payments/{id}/check."""


class TemporarilyUnavailableError(ApiError):
    """`temporarily_unavailable`, 503. Repeat the request after `Retry-After`, with the same `Idempotency-Key`."""


class TestModeOnlyError(ApiError):
    """`test_mode_only`, 422. Use a test key: in live mode payers decide for themselves."""


class TimedOutError(ApiError):
    """`timed_out`, 504. The request took too long. Its outcome is not known: ask again with the same Idempotency-Key."""


class TooBusyError(ApiError):
    """`too_busy`, 503. Too many connections. Try again in a moment."""


class TooManyError(ApiError):
    """`too_many`, 429. Wait a moment."""


class UnclearHostError(ApiError):
    """`unclear_host`, 400. Send exactly one Host header that matches the address."""


class UnknownHostError(ApiError):
    """`unknown_host`, 421. This server does not answer for that name."""


class UnknownVersionError(ApiError):
    """`unknown_version`, 400. Send one of the dates in `message`, or leave it out."""


class UnreadableRequestError(ApiError):
    """`unreadable_request`, 400. Send one JSON object in UTF-8, or percent-encoded parameters."""


class UnsupportedMediaTypeError(ApiError):
    """`unsupported_media_type`, 415. Send `Content-Type: application/json` and no `Content-Encoding`."""


class WrongCredentialsError(ApiError):
    """`wrong_credentials`, 401. Send one credential in one form. Make a new key if this one is lost."""


#: The class of each code.
ERRORS = {
    "account_connected_twice": AccountConnectedTwiceError,
    "address_too_long": AddressTooLongError,
    "amount_outside_limits": AmountOutsideLimitsError,
    "balance_not_offered": BalanceNotOfferedError,
    "body_too_large": BodyTooLargeError,
    "body_too_slow": BodyTooSlowError,
    "capture_exceeds_held": CaptureExceedsHeldError,
    "capture_not_whole": CaptureNotWholeError,
    "connection_disabled": ConnectionDisabledError,
    "connection_test_failed": ConnectionTestFailedError,
    "currency_not_offered": CurrencyNotOfferedError,
    "encoding_not_supported": EncodingNotSupportedError,
    "endpoint_address_refused": EndpointAddressRefusedError,
    "endpoint_disabled": EndpointDisabledError,
    "fallback_stands": FallbackStandsError,
    "idempotency_key_in_flight": IdempotencyKeyInFlightError,
    "idempotency_key_reused": IdempotencyKeyReusedError,
    "internal_error": InternalError,
    "invalid_field": InvalidFieldError,
    "key_ended": KeyEndedError,
    "limit_reached": LimitReachedError,
    "method_not_allowed": MethodNotAllowedError,
    "no_connection": NoConnectionError,
    "not_found": NotFoundError,
    "not_simulated": NotSimulatedError,
    "not_the_platform": NotThePlatformError,
    "order_cannot_be_cancelled": OrderCannotBeCancelledError,
    "order_cannot_be_paid": OrderCannotBePaidError,
    "outcome_unknown": OutcomeUnknownError,
    "payment_cannot_be_cancelled": PaymentCannotBeCancelledError,
    "payment_cannot_be_captured": PaymentCannotBeCapturedError,
    "payment_cannot_be_retried": PaymentCannotBeRetriedError,
    "payment_in_doubt": PaymentInDoubtError,
    "payment_in_progress": PaymentInProgressError,
    "payment_not_refundable": PaymentNotRefundableError,
    "provider_refused": ProviderRefusedError,
    "providers_down": ProvidersDownError,
    "rate_limited": RateLimitedError,
    "refund_exceeds_captured": RefundExceedsCapturedError,
    "refund_window_passed": RefundWindowPassedError,
    "refunds_not_offered": RefundsNotOfferedError,
    "retries_used_up": RetriesUsedUpError,
    "retry_window_passed": RetryWindowPassedError,
    "saved_method_of_another": SavedMethodOfAnotherError,
    "saved_methods_not_offered": SavedMethodsNotOfferedError,
    "scope_missing": ScopeMissingError,
    "sweep_not_offered": SweepNotOfferedError,
    "temporarily_unavailable": TemporarilyUnavailableError,
    "test_mode_only": TestModeOnlyError,
    "timed_out": TimedOutError,
    "too_busy": TooBusyError,
    "too_many": TooManyError,
    "unclear_host": UnclearHostError,
    "unknown_host": UnknownHostError,
    "unknown_version": UnknownVersionError,
    "unreadable_request": UnreadableRequestError,
    "unsupported_media_type": UnsupportedMediaTypeError,
    "wrong_credentials": WrongCredentialsError,
}

__all__ = [
    "AccountConnectedTwiceError",
    "AddressTooLongError",
    "AmountOutsideLimitsError",
    "ApiKey",
    "ApiRequest",
    "Balance",
    "BalanceNotOfferedError",
    "BodyTooLargeError",
    "BodyTooSlowError",
    "CaptureExceedsHeldError",
    "CaptureNotWholeError",
    "CapturePaymentBody",
    "Connection",
    "ConnectionBalance",
    "ConnectionDisabledError",
    "ConnectionMethods",
    "ConnectionTestFailedError",
    "CreateConnectionBody",
    "CreateCustomerBody",
    "CreateEndpointBody",
    "CreateKeyBody",
    "CreateOrderBody",
    "CreatePaymentBody",
    "CreatePaymentRefundBody",
    "CreateRefundBody",
    "Currency",
    "CurrencyNotOfferedError",
    "Customer",
    "DeletedEndpoint",
    "DeletedSavedMethod",
    "Delivery",
    "DeliveryWithTries",
    "Discrepancy",
    "EncodingNotSupportedError",
    "Endpoint",
    "EndpointAddressRefusedError",
    "EndpointDisabledError",
    "EndpointWithSecret",
    "Event",
    "Exchange",
    "ExportOrdersQuery",
    "ExportPaymentsQuery",
    "ExportRefundsQuery",
    "Fallback",
    "FallbackStandsError",
    "GetEventQuery",
    "GetOrderQuery",
    "GetPaymentQuery",
    "GetRefundQuery",
    "IdempotencyKeyInFlightError",
    "IdempotencyKeyReusedError",
    "InternalError",
    "InvalidFieldError",
    "JobsStatus",
    "KeyEndedError",
    "LimitReachedError",
    "ListConnectionMethodsQuery",
    "ListConnectionsQuery",
    "ListCustomersQuery",
    "ListDeliveriesQuery",
    "ListEndpointsQuery",
    "ListEventsQuery",
    "ListExchangesQuery",
    "ListFallbacksQuery",
    "ListKeysQuery",
    "ListOrderPaymentsQuery",
    "ListOrdersQuery",
    "ListPaymentRefundsQuery",
    "ListPaymentsQuery",
    "ListRefundsQuery",
    "ListRequestsQuery",
    "ListResendsQuery",
    "MethodNotAllowedError",
    "NoConnectionError",
    "NotFoundError",
    "NotSimulatedError",
    "NotThePlatformError",
    "OfferFallbackBody",
    "Order",
    "OrderCannotBeCancelledError",
    "OrderCannotBePaidError",
    "OutcomeUnknownError",
    "Payment",
    "PaymentCannotBeCancelledError",
    "PaymentCannotBeCapturedError",
    "PaymentCannotBeRetriedError",
    "PaymentInDoubtError",
    "PaymentInProgressError",
    "PaymentNotRefundableError",
    "PreviewRoutingQuery",
    "Problem",
    "ProviderRefusedError",
    "ProvidersDownError",
    "RateLimitedError",
    "Refund",
    "RefundExceedsCapturedError",
    "RefundWindowPassedError",
    "RefundsNotOfferedError",
    "Replay",
    "ReplayEndpointBody",
    "Resend",
    "RetriesUsedUpError",
    "RetryPaymentBody",
    "RetryWindowPassedError",
    "RotateEndpointSecretBody",
    "RotateKeyBody",
    "Routing",
    "RoutingFallback",
    "RoutingPolicy",
    "RoutingPreview",
    "SavedMethod",
    "SavedMethodOfAnotherError",
    "SavedMethodsNotOfferedError",
    "ScopeMissingError",
    "SetRoutingBody",
    "SetRoutingFallbackBody",
    "SetRoutingPolicyBody",
    "SetTestSettingsBody",
    "Sweep",
    "SweepConnectionBody",
    "SweepNotOfferedError",
    "TemporarilyUnavailableError",
    "TestModeOnlyError",
    "TestSettings",
    "TimedOutError",
    "TooBusyError",
    "TooManyError",
    "UnclearHostError",
    "UnknownHostError",
    "UnknownVersionError",
    "UnreadableRequestError",
    "UnsupportedMediaTypeError",
    "UpdateConnectionBody",
    "UpdateCustomerBody",
    "UpdateEndpointBody",
    "WrongCredentialsError",
]
