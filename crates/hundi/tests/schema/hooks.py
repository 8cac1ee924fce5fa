"""What a description cannot say, so that requests which should be taken are: some values depend on the hour, on one
another, or on what there is. And no request of this run makes the server speak to anybody but its own receiver."""

import base64
import functools
import itertools
import json
import os
import pathlib
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import schemathesis

RECEIVER, SIM = os.environ["RECEIVER"], os.environ["SIM"]
HUNDI, KEY_PAIR = os.environ["HUNDI"], os.environ["KEY_PAIR"]
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
# The limit is in major units; this is below it in every currency.
AMOUNT_MAX = 10_000_000_000
ID = re.compile(r"[a-z]{3,4}_[0-7][0-9a-hjkmnp-tv-z]{25}|hk_(test|live)_[0-9A-Za-z]{20}")
SAVED = re.compile(r"pm_[0-7][0-9a-hjkmnp-tv-z]{25}")
CURSORS = ("starting_after", "ending_before")
DESCRIPTION = json.loads((pathlib.Path(__file__).parents[4] / "docs/openapi.json").read_text())
VERSIONS = ("2026-08-01", "2026-11-01")
KEY = re.compile(r"[!-~]([ -~]{0,253}[!-~])?")
# An id that stands in the list at this address.
listed = {}
count = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.body, dict):
        mend_body(case.body)
        mend_connection(case.operation, case.body)
    # Who revokes its own key can ask nothing more.
    if case.path_parameters and case.path_parameters.get("id") == KEY_PAIR.split(":")[0]:
        case.path_parameters["id"] = "hk_test_00000000000000000000"
    if case.query:
        mend_query(case.query, listed.get(case.formatted_path))
    if case.headers:
        # Two credentials at once are none; the run brings its own.
        for name in ("X-Api-Key", "X-Api-Secret"):
            case.headers.pop(name, None)
        # The description is of the newest version; older shapes have stories of their own.
        if case.headers.get("Hundi-Version") in VERSIONS[:-1]:
            del case.headers["Hundi-Version"]
        mend_key(case.headers)
        mend_wish(case.headers)


@schemathesis.hook
def after_call(context, case, response):
    if case.method == "DELETE":
        listed.pop(case.operation.path.removesuffix("/{id}"), None)
    elif response.status_code == 200 and b'"object":"list"' in response.content:
        # Or an object with a list beside it.
        answer = response.json()
        data = answer["data"] if answer["object"] == "list" else []
        if data and "id" in data[-1]:
            listed[case.formatted_path] = data[-1]["id"]
    elif response.status_code == 201 and b'"object":"payment"' in response.content:
        be_the_payer(response.json())


def be_the_payer(payment):
    """At the simulated provider, so that there is something to capture, to refund and to tell of."""
    if not payment["provider_order"]:
        return
    outcome = "authorize" if next(count) % 3 == 0 else "pay"
    body = {"order_id": payment["provider_order"], "outcome": outcome, "method": "card"}
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{SIM}/sim/api/pay", json.dumps(body).encode(), head)
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except urllib.error.HTTPError as refused:
        # It was paid already, by an earlier look at the same payment.
        refused.close()


def fields(path, method):
    """The fields of a body, those of objects within it included."""
    schema = DESCRIPTION["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    found = dict(schema["properties"])
    for field in schema["properties"].values():
        found.update(field.get("properties", {}))
    return found


LOOSE = {
    name: re.compile(field["pattern"].removeprefix("^").removesuffix("$"))
    for path, method, names in [
        ("/api/v1/orders", "post", ["return_url", "email", "expires_at"]),
        ("/api/v1/endpoints", "post", ["url"]),
        ("/api/v1/payments", "post", ["ip"]),
        ("/api/v1/endpoints/{id}/replay", "post", ["since", "until"]),
    ]
    for name, field in fields(path, method).items()
    if name in names
}


def mend_body(body):
    mend_numbers(body)
    amount = body.get("amount")
    if type(amount) is int and AMOUNT_MAX < amount <= AMOUNT_MAX * 1000:
        body["amount"] = amount % AMOUNT_MAX + 1
    mend_retries(body)
    mend_saved(body)
    # Customers come and go in this run: one that is named is gone by then. Text that is no id stays, to be refused.
    if isinstance(body.get("customer_id"), str) and ID.fullmatch(body["customer_id"]):
        del body["customer_id"]
    if not body.get("customer_id") and body.get("offer_saved_methods") is True:
        del body["offer_saved_methods"]
    for rule in body["rules"] if isinstance(body.get("rules"), list) else ():
        if isinstance(rule, dict):
            mend_rule(rule)
    for within in [body, body.get("customer"), body.get("payer")]:
        for name, pattern in LOOSE.items() if isinstance(within, dict) else ():
            if isinstance(within.get(name), str):
                within[name] = mend_text(name, within[name], pattern.fullmatch(within[name]))


def mend_connection(operation, body):
    """What is acceptable depends on the provider; and the connections that are there stay as they are."""
    if operation.path == "/api/v1/connections" and operation.method.upper() == "POST":
        if isinstance(body.get("credentials"), dict):
            body["provider"] = "razorpay"
            body["credentials"] = {"key_id": "rzp_test_nobodys", "key_secret": "wrong"}
        for name in ("amount_min", "amount_max"):
            body.pop(name, None)
    elif operation.path == "/api/v1/connections/{id}" and operation.method.upper() == "PATCH":
        for name in ("credentials", "webhook_secret", "flows", "features", "amount_min", "amount_max", "status"):
            body.pop(name, None)


def mend_numbers(value):
    """To JSON Schema 3068.0 is an integer. To us it is somebody's fraction."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in list(pairs):
        if isinstance(inner, float) and inner.is_integer():
            value[name] = int(inner)
        mend_numbers(inner)


def whole(number):
    return type(number) is int or (isinstance(number, float) and number.is_integer())


def mend_saved(body):
    """A saved method says by itself how and where it is charged."""
    if isinstance(body.get("method"), str) and SAVED.fullmatch(body["method"]):
        for name in ("flow", "connection_id", "save_consent"):
            body.pop(name, None)


def mend_retries(body):
    """All gaps together have their limit."""
    gaps = body.get("retries")
    if isinstance(gaps, list) and gaps and all(whole(gap) and 1 <= gap <= 86_400 for gap in gaps):
        body["retries"] = [min(int(gap), 21_600) for gap in gaps]


def mend_rule(rule):
    """Connections that there are, each once; both ends of a time, and of an amount in their order."""
    if isinstance(rule.get("name"), str) and rule["name"] and not rule["name"].strip():
        rule["name"] = "*"
    to = rule.get("to")
    if isinstance(to, list) and 1 <= len(to) <= 20 and all(is_share(share) for share in to):
        rule["to"] = [{"connection": connection(), "weight": int(to[0].get("weight", 1))}]
    when = rule.get("when")
    if not isinstance(when, dict):
        return
    low, high = when.get("amount_min"), when.get("amount_max")
    if type(low) is int and type(high) is int and AMOUNT_MAX * 1000 >= low > high >= 1:
        when["amount_min"], when["amount_max"] = high, low
    ends = [name for name in ("from", "to") if isinstance(when.get(name), str) and CLOCK.fullmatch(when[name])]
    missing = [name for name in ("from", "to") if when.get(name) is None]
    if len(ends) == 1 and len(missing) == 1:
        del when[ends[0]]
    elif len(ends) == 2 and when["from"] == when["to"]:
        when["from"], when["to"] = "09:00", "18:00"


def is_share(share):
    if not isinstance(share, dict) or not set(share) <= {"connection", "weight"}:
        return False
    named = isinstance(share.get("connection"), str) and ID.fullmatch(share["connection"])
    weight = share.get("weight", 1)
    return bool(named) and share["connection"].startswith("conn_") and whole(weight) and 0 <= weight <= 1000


@functools.cache
def connection():
    """One that there is."""
    request = urllib.request.Request(f"{HUNDI}/api/v1/connections")
    request.add_header("Authorization", "Basic " + base64.b64encode(KEY_PAIR.encode()).decode())
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["data"][-1]["id"]


def mend_text(name, text, is_described):
    """We take some spellings that the description leaves out. What is meant to be wrong has to be wrong."""
    if not is_described:
        return "*"
    if name == "url":
        return f"{RECEIVER}/{len(text)}"
    if name in ("since", "until"):
        hours = 2 if name == "since" else 1
        return (datetime.now(timezone.utc) - timedelta(hours=hours)).isoformat(timespec="seconds")
    if name == "expires_at":
        return (datetime.now(timezone.utc) + timedelta(hours=1)).isoformat(timespec="seconds")
    return text


def mend_key(headers):
    key = headers.get("Idempotency-Key")
    if not isinstance(key, str):
        return
    if not KEY.fullmatch(key):
        # Blanks around a value are no part of it: without them this one would be right.
        if KEY.fullmatch(key.strip()):
            headers["Idempotency-Key"] = ""
    # Most requests are new ones. Under one key for all of them, none but the first would be carried out.
    elif len(key) < 200 and next(count) % 8:
        headers["Idempotency-Key"] = f"{key}-{next(count)}"


def mend_wish(headers):
    """How and when a payer acts is said together with what they do."""
    if "Hundi-Test-Outcome" not in headers:
        for name in [name for name in headers if name.startswith("Hundi-Test-")]:
            del headers[name]


def mend_query(query, known):
    """Pages begin at an object of the list, and at one. Text that is no id stays, to be refused."""
    amount = query.get("amount", "")
    if str(amount).isdecimal() and AMOUNT_MAX < int(amount) <= AMOUNT_MAX * 1000:
        # A list's filter is text, a question to the routing a number: each stays what it is.
        query["amount"] = type(amount)(int(amount) % AMOUNT_MAX + 1)
    for name in CURSORS:
        if isinstance(query.get(name), str) and ID.fullmatch(query[name]):
            if known and not all(name in query for name in CURSORS):
                query[name] = known
            else:
                del query[name]
