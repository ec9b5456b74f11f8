"""Keeping what is typed into the form of a post, and forgetting it once it is saved or thrown away."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from campaigns.models import Scratch
from campaigns.selectors.posts import posts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import storable
from opsconsole.people.roles import Ability

#: What nobody came back for is forgotten.
KEPT = timedelta(days=14)
#: Characters of a whole form; a pasted book is not kept.
LARGEST = 300_000


def scratch_keep(
    actor: Actor, *, key: UUID, post_id: int | None, fields: Mapping[str, list[str]]
) -> None:
    """Keep a form as it is now, in place of how it was. Invalid when it is larger than LARGEST."""
    actor.must(Ability.WRITE_POSTS)
    if sum(len(text) for texts in fields.values() for text in texts) > LARGEST:
        raise Invalid(code="too_large")
    at = now()
    post = posts_for(actor).filter(pk=post_id).first() if post_id else None
    kept = {storable(name): [storable(text) for text in texts] for name, texts in fields.items()}
    Scratch.objects.update_or_create(
        user_id=actor.person_id, key=key, defaults={"post": post, "fields": kept, "saved_at": at}
    )
    Scratch.objects.filter(user_id=actor.person_id, saved_at__lt=at - KEPT).delete()


def scratch_forget(actor: Actor, key: UUID) -> None:
    """Forget what was typed: it is saved, or not wanted."""
    Scratch.objects.filter(user_id=actor.person_id, key=key).delete()
