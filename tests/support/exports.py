"""Files, fetched as a browser does."""

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from opsconsole.people.models import User


def exported(actor, query="", file="csv"):
    """The bytes of an export of posts."""
    return fetched(User.objects.get(pk=actor.user_id), f"/posts/export/?file={file}&{query}")


def fetched(user, address):
    """The bytes of a file that is sent part by part."""
    client = AsyncClient()

    async def fetch():
        await client.aforce_login(user)
        answer = await client.get(address)
        assert answer.status_code == 200
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(fetch)()
