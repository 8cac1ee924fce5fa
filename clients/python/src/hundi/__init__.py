"""The merchant API of hundi."""

from .client import Hundi
from .core import ApiError, ConnectionError, HundiError, Page
from .generated import *  # noqa: F401,F403 - every type and error class of the API
from .webhooks import WebhookError, verify_webhook

__all__ = [
    "ApiError",
    "ConnectionError",
    "Hundi",
    "HundiError",
    "Page",
    "WebhookError",
    "verify_webhook",
]
