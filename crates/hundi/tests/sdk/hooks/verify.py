"""The published library for Python verifies what hundi delivered: with each key that signs then, and with no other."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def verifies(secret, message, body):
    try:
        return Webhook(secret).verify(body, message["headers"]) == json.loads(body)
    except WebhookVerificationError:
        return False


messages = json.load(sys.stdin)
for message in messages:
    body = message["body"]
    for secret in message["secrets"]:
        assert verifies(secret, message, body), message
        assert not verifies(secret, message, body.replace("evt_", "evt-", 1)), message
        late = dict(message, headers=dict(message["headers"], **{"webhook-timestamp": "1"}))
        assert not verifies(secret, late, body), message
    for secret in message["others"]:
        assert not verifies(secret, message, body), message

print(f"python: {len(messages)} verified")
