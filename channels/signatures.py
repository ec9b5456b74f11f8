"""How platforms prove who they are when they push, and we to them. Pure; bytes in, a verdict out."""

import base64
import hashlib
import hmac
from collections.abc import Callable


def _digest(secret: str, raw: bytes) -> bytes:
    return hmac.new(secret.encode(), raw, hashlib.sha256).digest()


def facebook_signature(secret: str, raw: bytes) -> str:
    """Return what `X-Hub-Signature-256` must say of a body.

    https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
    """
    return f"sha256={_digest(secret, raw).hex()}"


def x_signature(secret: str, raw: bytes) -> str:
    """Return what `x-twitter-webhooks-signature` must say of a body, and `response_token` of a challenge.

    https://docs.x.com/x-api/webhooks/quickstart
    """
    return "sha256=" + base64.b64encode(_digest(secret, raw)).decode()


def is_signed(sign: Callable[[str, bytes], str], secret: str, raw: bytes, given: str) -> bool:
    """Whether a body came from who knows the secret; takes the same time for every wrong answer."""
    expected = sign(secret, raw).encode()
    return bool(secret) and hmac.compare_digest(expected, given.encode("utf-8", "replace"))


def is_same(expected: str, given: str) -> bool:
    """Whether two secrets are the same, in the same time for every wrong answer."""
    return bool(expected) and hmac.compare_digest(
        expected.encode(), given.encode("utf-8", "replace")
    )
