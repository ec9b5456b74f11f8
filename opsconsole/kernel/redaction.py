"""Keeps secrets out of logs and stored error texts."""

import logging
import re

_SECRETS = re.compile(
    r"""(?ix)
    ( \w* (?: access_token | refresh_token | _secret | password | code_verifier ) \w*
    | appsecret_proof | input_token | fb_exchange_token
    | oauth_token | oauth_signature | oauth_consumer_key | client_key | resource_owner_key )
    ( ["']? \s* (?: [=:] | %3D ) \s* ["']?      # a=b, "a": "b", and inside another address
    | ["'] \s* , \s* ["'] )                     # ('a', 'b')
    (?: (?<=["']) [^"'\n]+ | [^\s&"',}]+ )
    | \b (bearer|basic) \s+ [A-Za-z0-9+/=._~%-]+
    """
)


def redact(text: str) -> str:
    """Return the text with every secret we can recognise replaced by a mark."""
    return _SECRETS.sub(
        lambda m: f"{m[1]}{m[2]}[redacted]" if m[1] else f"{m[3]} [redacted]", text
    )


class RedactingFilter(logging.Filter):
    """Redacts every record on its way to a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message, and the traceback that goes with it, by their redacted forms."""
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True
