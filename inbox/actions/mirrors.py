"""What conversations repeat of their customers, so that the queue can be narrowed by it without a join."""

from collections.abc import Collection

from django.db import connection

from inbox.models import Conversation


def mirror_followers(contact_ids: Collection[int]) -> None:
    """Bring the follower counts of these customers to their conversations."""
    if not contact_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_conversation c SET contact_followers = coalesce(k.followers, 0)"
            " FROM inbox_contact k WHERE k.id = c.contact_id AND k.id = ANY(%s)"
            " AND c.contact_followers <> coalesce(k.followers, 0)",
            [list(contact_ids)],
        )


def mirror_vip(contact_ids: Collection[int], *, is_vip: bool) -> None:
    """Say on all conversations of these customers whether they are important."""
    Conversation.objects.filter(contact__in=contact_ids).exclude(is_vip=is_vip).update(
        is_vip=is_vip
    )
