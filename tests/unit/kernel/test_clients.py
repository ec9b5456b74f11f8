"""Whose request it is, behind any number of proxies."""

import pytest
from django.test import RequestFactory

from opsconsole.kernel.clients import client_address


@pytest.mark.parametrize(
    ("trusted", "claimed", "peer", "known"),
    [
        (0, "", "203.0.113.9", "203.0.113.9"),
        (0, "192.0.2.1", "203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "192.0.2.1, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (2, "192.0.2.1, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "<script>", "10.0.0.1", "10.0.0.1"),
        (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (0, "", "fe80::1%eth0", "fe80::1"),
        (0, "", "", None),
    ],
)
def test_only_our_own_proxies_are_believed(settings, trusted, claimed, peer, known):
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory(REMOTE_ADDR=peer).get("/", headers={"X-Forwarded-For": claimed})
    assert client_address(request) == known
