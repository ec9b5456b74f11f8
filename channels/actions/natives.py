"""Posts that are scheduled on a platform itself: seen, followed when they move, forgotten when they are gone."""

from collections.abc import Sequence

from django.db import transaction

from channels.actions.landing import still_polling
from channels.models import ChannelAccount, NativePost
from channels.types import Planned
from opsconsole.kernel.clock import now
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable, storable_id, web_address

#: Characters of one that are kept: the calendar shows no more.
LONGEST_TEXT = 2000


def natives_keep(account: ChannelAccount, found: Sequence[Planned]) -> bool:
    """Make what is stored the same as what a platform lists; all of it. False when another worker polls by now."""
    at = now()
    rows = {
        storable_id(one.external_id): NativePost(
            account=account, external_id=storable_id(one.external_id),
            text=storable(one.text, LONGEST_TEXT), due_at=one.due_at,
            permalink=web_address(one.permalink), seen_at=at,
        )
        for one in found
    }  # fmt: skip
    with transaction.atomic():
        if not still_polling(account, account.poll_fence):
            return False
        known = dict(
            NativePost.objects.filter(account=account).values_list("external_id", "due_at")
        )
        NativePost.objects.filter(account=account).exclude(external_id__in=rows).delete()
        NativePost.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["account", "external_id"],
            update_fields=["text", "due_at", "permalink", "seen_at"],
        )  # fmt: skip
        if known != {key: row.due_at for key, row in rows.items()}:
            hint_on_commit("post", units=[account.unit_id], id=0)
    return True
