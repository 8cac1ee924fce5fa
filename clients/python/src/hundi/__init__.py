"""The merchant API of hundi."""

from .client import Hundi
from .core import Answered, ApiError, ConnectionError, HundiError, Page, RateLimit
from .generated import API_VERSION
from .generated import *  # noqa: F401,F403 - every type and error class of the API
from .webhooks import WebhookError, verify_webhook

__all__ = [
    "API_VERSION",
    "Answered",
    "ApiError",
    "ConnectionError",
    "Hundi",
    "HundiError",
    "Page",
    "RateLimit",
    "WebhookError",
    "verify_webhook",
]
