"""Somebody who connects accounts through the screens, step by step."""

from channels.connecting_tasks import look_into_handshakes
from channels.models import Credential, Handshake
from opsconsole.kernel.secrets import decrypt
from tests.support.html import read, text_of
from tests.support.signing_in import decide, said_in


def begin(client, kind, way, **typed) -> Handshake:
    answer = client.post(f"/accounts/connect/{kind}/{way}/", typed)
    assert answer.status_code == 302, text_of(answer)
    row = Handshake.objects.latest("pk")
    assert answer["Location"] == f"/accounts/connecting/{row.pk}/"
    return row


def page(client, row):
    return client.get(f"/accounts/connecting/{row.pk}/")


def way_out(client, row) -> str:
    """The link to the platform on a handshake's page."""
    links = [
        a["href"]
        for tag, a in read(page(client, row)).tags
        if tag == "a" and a.get("rel") == "noreferrer"
    ]
    assert len(links) == 1
    return links[0]


def come_back(client, kind, address):
    return client.get(f"/accounts/back/{kind}/", said_in(address))


def sign_in(client, kind, row, **choices):
    """Allow it at the platform, come back, and let a worker look."""
    answer = come_back(client, kind, decide(way_out(client, row), **choices))
    assert answer.status_code == 302, text_of(answer)
    look_into_handshakes()
    row.refresh_from_db()
    return row


def keep(client, row, place=0, unit=None, **more):
    wish = {f"name_{place}": "Front desk", f"unit_{place}": unit, "poll_every": 60} | more
    return client.post(f"/accounts/connecting/{row.pk}/keep/", wish)


def held(account) -> dict[str, str]:
    return decrypt(bytes(Credential.objects.get(account=account).sealed))
