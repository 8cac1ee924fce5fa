"""Signatures: those of Standard Webhooks' own example, of a key pair, and through a change of key."""

import base64
import hashlib
import hmac
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from hundi import HundiError, WebhookError, verify_webhook  # noqa: E402

# The example of https://github.com/standard-webhooks/standard-webhooks, whose secret has 24 bytes.
OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
BODY = '{"test": 2432232314}'
NOW = 1614265330
EXAMPLE = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(NOW),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
SAID = f"{EXAMPLE['webhook-id']}.{NOW}.{BODY}".encode()


def signed(secret):
    key = base64.b64decode(secret[len("whsec_") :])
    return "v1," + base64.b64encode(hmac.new(key, SAID, hashlib.sha256).digest()).decode()


class Webhooks(unittest.TestCase):
    def refused(self, keys=OLD, body=BODY, now=NOW, kind=WebhookError, **headers):
        given = {**EXAMPLE, **{name.replace("_", "-"): value for name, value in headers.items()}}
        given = {name: value for name, value in given.items() if value is not None}
        with self.assertRaises(kind):
            verify_webhook(keys, given, body, now=now)

    def test_the_standards_own_example(self):
        self.assertEqual(verify_webhook(OLD, EXAMPLE, BODY, now=NOW), {"test": 2432232314})
        self.assertEqual(verify_webhook([NEW, OLD], EXAMPLE, BODY.encode(), now=NOW), {"test": 2432232314})
        verify_webhook(OLD, {name.upper(): value for name, value in EXAMPLE.items()}, BODY, now=NOW)

    def test_what_was_changed_or_is_old_or_is_not_ours_is_refused(self):
        self.refused(keys=NEW)
        self.refused(body=BODY.replace("4}", "5}"))
        self.refused(webhook_id="msg_other")
        self.refused(webhook_timestamp=str(NOW + 1))
        self.refused(webhook_timestamp="yesterday")
        self.refused(webhook_signature="v1,")
        self.refused(webhook_signature="v1,\u20b9")
        self.refused(webhook_signature=EXAMPLE["webhook-signature"].replace("v1,", "v2,"))
        self.refused(now=NOW + 301)
        self.refused(now=NOW - 301)
        verify_webhook(OLD, EXAMPLE, BODY, now=NOW + 299)
        for name in ("webhook_id", "webhook_timestamp", "webhook_signature"):
            self.refused(**{name: None})
        self.refused(keys=[], kind=HundiError)
        self.refused(keys="secret", kind=HundiError)
        self.refused(keys="whsec_c2hvcnQ=", kind=HundiError)

    def test_both_keys_verify_while_one_is_being_changed(self):
        both = {**EXAMPLE, "webhook-signature": f"{signed(NEW)} {signed(OLD)}"}
        for keys in (OLD, NEW, [OLD, NEW]):
            verify_webhook(keys, both, BODY, now=NOW)
        verify_webhook([OLD, NEW], {**EXAMPLE, "webhook-signature": signed(NEW)}, BODY, now=NOW)
        self.refused(webhook_signature=signed(NEW))

    def test_a_key_pair(self):
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        except ImportError:
            # Without the package it says what is missing, and takes nothing.
            key = "whpk_" + base64.b64encode(bytes(32)).decode()
            with self.assertRaisesRegex(HundiError, "cryptography"):
                verify_webhook(key, EXAMPLE, BODY, now=NOW)
            return
        pair = Ed25519PrivateKey.generate()
        raw = pair.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key = "whpk_" + base64.b64encode(raw).decode()
        proof = "v1a," + base64.b64encode(pair.sign(SAID)).decode()
        verify_webhook(key, {**EXAMPLE, "webhook-signature": proof}, BODY, now=NOW)
        verify_webhook([OLD, key], {**EXAMPLE, "webhook-signature": f"{signed(NEW)} {proof}"}, BODY, now=NOW)
        self.refused(keys=key, body="{}", webhook_signature=proof)
        self.refused(keys=key)
        self.refused(keys=[OLD, "whpk_c2hvcnQ="], kind=HundiError)


if __name__ == "__main__":
    unittest.main()
