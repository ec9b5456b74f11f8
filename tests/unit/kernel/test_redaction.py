"""Secrets stay out of logs and stored errors."""

import logging

import pytest

from opsconsole.kernel.redaction import RedactingFilter, redact

SECRETS = [
    "grant_type=refresh_token&refresh_token=EAABsbCS1234",
    '{"oauth2_refresh_token": "EAABsbCS1234"}',
    "code_verifier=EAABsbCS1234&code=x",
    "GET /me?access_token=EAABsbCS1234&fields=id",
    '{"access_token": "EAABsbCS1234"}',
    "access_token=EAABsbCS1234|more",
    "appsecret_proof=EAABsbCS1234",
    "Authorization: Bearer EAABsbCS1234",
    "Authorization: Basic EAABsbCS1234==",
    'OAuth oauth_consumer_key="EAABsbCS1234", oauth_signature="EAABsbCS1234"',
    "{'password': 'EAABsbCS1234'}",
    "<Client client_key=EAABsbCS1234, client_secret=****>",
    "resource_owner_key=EAABsbCS1234, resource_owner_secret=****",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_replaced(text):
    assert "EAABsbCS1234" not in redact(text)
    assert "[redacted]" in redact(text)


def test_ordinary_text_is_left_alone():
    text = "The platform answered 503 for /2/tweets?max_results=100"
    assert redact(text) == text


def test_log_records_are_redacted_with_their_arguments():
    record = logging.LogRecord("x", 20, "f", 1, "url %s", ("?access_token=EAABsbCS1234",), None)
    RedactingFilter().filter(record)
    assert "EAABsbCS1234" not in record.getMessage()
