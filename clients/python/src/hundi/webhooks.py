"""Messages that hundi sends: is this one ours, and is it fresh? Signed as https://www.standardwebhooks.com says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, List, Mapping, Optional, Sequence, Union

from .core import HundiError

if TYPE_CHECKING:
    from .generated import Event

TOLERANCE_SECS = 300
SIGNATURES_MAX = 20


class WebhookError(HundiError):
    """The message is not from us, was changed, or is too old. Answer 400 and forget it."""


def verify_webhook(
    keys: Union[str, Sequence[str]],
    headers: Mapping[str, str],
    body: Union[str, bytes],
    *,
    tolerance: float = TOLERANCE_SECS,
    now: Optional[float] = None,
) -> Event:
    """The event of a message that is ours and fresh; everything else raises a `WebhookError`.

    `keys`: `whsec_…` or `whpk_…`; several while one is being changed. `body`: exactly as it arrived.
    """
    given = [keys] if isinstance(keys, str) else list(keys)
    if not given:
        raise HundiError("verify_webhook needs a key")
    message_id = _header(headers, "webhook-id")
    sent = _header(headers, "webhook-timestamp")
    signatures = _header(headers, "webhook-signature").split(" ")[:SIGNATURES_MAX]
    raw = body.encode("utf-8") if isinstance(body, str) else bytes(body)
    said = f"{message_id}.{sent}.".encode("utf-8") + raw
    # Each key is looked at, so that one which is no key is told at once and not on the day of a rotation.
    if not any([_signed_by(key, said, signatures) for key in given]):
        raise WebhookError("no signature of this message is by one of the keys")
    moment = time.time() if now is None else now
    fresh = sent.isascii() and sent.isdigit() and len(sent) <= 12 and abs(moment - int(sent)) <= tolerance
    if not fresh:
        raise WebhookError("the message is too old, or from the future")
    try:
        return json.loads(raw)
    except ValueError:
        raise WebhookError("the message is not JSON") from None


def _signed_by(key: str, said: bytes, signatures: List[str]) -> bool:
    if key.startswith("whsec_"):
        secret = _decoded(key[len("whsec_") :])
        if secret is None or len(secret) < 24:
            raise HundiError("the secret is not whsec_ and the base64 of 24 to 64 bytes")
        expected = base64.b64encode(hmac.new(secret, said, hashlib.sha256).digest()).decode("ascii")
        return any(hmac.compare_digest(one.encode("utf-8"), f"v1,{expected}".encode("ascii")) for one in signatures)
    if key.startswith("whpk_"):
        return _signed_by_private(key, said, signatures)
    raise HundiError("a key begins with whsec_ or whpk_")


def _signed_by_private(key: str, said: bytes, signatures: List[str]) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise HundiError("Ed25519 needs the package cryptography: pip install hundi-client[ed25519]") from None
    raw = _decoded(key[len("whpk_") :])
    if raw is None or len(raw) != 32:
        raise HundiError("the public key is not whpk_ and the base64 of 32 bytes")
    known = Ed25519PublicKey.from_public_bytes(raw)
    for one in signatures:
        signature = _decoded(one[len("v1a,") :]) if one.startswith("v1a,") else None
        if signature is None:
            continue
        try:
            known.verify(signature, said)
            return True
        except InvalidSignature:
            continue
    return False


def _decoded(text: str) -> Optional[bytes]:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _header(headers: Mapping[str, str], name: str) -> str:
    found = [value for other, value in headers.items() if other.lower() == name]
    if len(found) != 1 or not isinstance(found[0], str) or not found[0]:
        raise WebhookError(f"the message has no {name}")
    return found[0]
