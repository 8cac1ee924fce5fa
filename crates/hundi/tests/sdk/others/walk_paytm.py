"""Paytm's official Python checksum package signs what the sandbox takes, and takes what the sandbox signs."""

import json
import os
import time
import urllib.request

from paytmchecksum import PaytmChecksum
from shop import ACCOUNT, opened, pays

opened()
MID, KEY = ACCOUNT["mid"], ACCOUNT["merchant_key"]


def call(path, body, key=KEY):
    text = json.dumps(body, separators=(",", ":"))
    envelope = f'{{"body":{text},"head":{{"signature":"{PaytmChecksum.generateSignature(text, key)}"}}}}'
    url = os.environ["SANDBOX_URL"] + path
    request = urllib.request.Request(url, envelope.encode(), {"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as answer:
        raw = answer.read().decode()
    said = json.loads(raw)
    if "signature" in said["head"]:
        # The bytes of the body as they came, which is what was signed.
        compact = json.dumps(said["body"], separators=(",", ":"), ensure_ascii=False)
        assert PaytmChecksum.verifySignature(compact, key, said["head"]["signature"]), raw
    return said["body"]


order = f"py{int(time.time() * 1000)}"
opening = {
    "requestType": "Payment",
    "mid": MID,
    "websiteName": ACCOUNT["website"],
    "orderId": order,
    "callbackUrl": "http://127.0.0.1/back",
    "txnAmount": {"value": "499.00", "currency": "INR"},
    "userInfo": {"custId": "payer-1"},
}
path = f"/theia/api/v1/initiateTransaction?mid={MID}&orderId={order}"
token = call(path, opening)
assert token["resultInfo"]["resultStatus"] == "S", token
assert call(path, opening, "another&Key%0000")["resultInfo"]["resultStatus"] == "F"

# The form that the browser brings back is genuine, and nothing else is.
callback = pays(order, method="card")["callback"]
checksum = callback.pop("CHECKSUMHASH")
assert PaytmChecksum.verifySignature(dict(callback), KEY, checksum)
assert not PaytmChecksum.verifySignature(dict(callback, TXNAMOUNT="1.00"), KEY, checksum)

status = call("/v3/order/status", {"mid": MID, "orderId": order})
assert (status["resultInfo"]["resultStatus"], status["txnAmount"]) == ("TXN_SUCCESS", "499.00"), status
print("paytm python: walked")
