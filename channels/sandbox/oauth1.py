"""OAuth 1.0a as the server sees it: the signature base string, the clock and the nonce."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from channels.sandbox.wire import Call

#: Clients sign for these, before a proxy or a test adapter sends the call elsewhere.
PUBLIC_HOSTS = ("https://api.twitter.com", "https://api.x.com")

#: How far a client's clock may be off (seconds).
SKEW = 300

_PAIR = re.compile(r'([a-zA-Z0-9_%.~-]+)="([^"]*)"')


def parse_header(header: str) -> dict[str, str]:
    """Return the OAuth parameters of an Authorization header, empty when it is another scheme."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    return {unquote(key): unquote(value) for key, value in _PAIR.findall(rest)}


def _percent(text: str) -> str:
    return quote(text, safe="-._~")


def signature(
    method: str, url: str, pairs: list[tuple[str, str]], consumer_secret: str, token_secret: str
) -> str:
    """Compute HMAC-SHA1 over the base string (RFC 5849, section 3.4)."""
    encoded = sorted((_percent(key), _percent(value)) for key, value in pairs)
    parameters = "&".join(f"{key}={value}" for key, value in encoded)
    base = "&".join(_percent(part) for part in (method.upper(), url, parameters))
    key = f"{_percent(consumer_secret)}&{_percent(token_secret)}"
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_valid(call: Call, oauth: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
    """Check signature, timestamp and nonce; a nonce counts as used only once all else is right."""
    if oauth.get("oauth_signature_method") != "HMAC-SHA1":
        return False
    if oauth.get("oauth_consumer_key") != secrets["consumer_key"]:
        return False
    stamp = oauth.get("oauth_timestamp", "")
    if not stamp.isdigit() or abs(call.at - int(stamp)) > SKEW:
        return False
    return _is_signed(call, oauth, secrets) and _is_fresh(call, oauth)


def _is_signed(call: Call, oauth: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
    pairs = [(k, v) for k, v in oauth.items() if k not in {"oauth_signature", "realm"}]
    pairs += call.query
    if call.content_type == "application/x-www-form-urlencoded":
        pairs += call.form_pairs()
    given = oauth.get("oauth_signature", "")
    return any(
        hmac.compare_digest(
            given,
            signature(
                call.method,
                host + call.raw_path.partition("?")[0],
                pairs,
                secrets["consumer_secret"],
                secrets["access_token_secret"],
            ),
        )
        for host in PUBLIC_HOSTS
    )


def _is_fresh(call: Call, oauth: Mapping[str, str]) -> bool:
    nonces = call.world.nonces
    for old in [nonce for nonce, at in nonces.items() if at < call.at - 2 * SKEW][:100]:
        del nonces[old]
    key = f"{oauth['oauth_token']}:{oauth.get('oauth_nonce', '')}:{oauth['oauth_timestamp']}"
    if not oauth.get("oauth_nonce") or key in nonces:
        return False
    nonces[key] = call.at
    return True
