"""Reads of what was typed and never saved. Each person sees their own alone."""

from typing import Any
from uuid import UUID

from campaigns.models import Post, Scratch
from opsconsole.kernel.actor import Actor

#: Names under which a form sends several values.
_MANY = ("accounts", "images", "left_out", "more_texts", "weekdays")
_MANY_PREFIXES = ("part_", "categories_")


def scratch_for(actor: Actor, post: Post | None) -> Scratch | None:
    """Return the latest that was typed for a post, or for a new one, since that post was last saved."""
    rows = Scratch.objects.filter(user_id=actor.person_id, post=post)
    if post is not None:
        rows = rows.filter(saved_at__gt=post.updated_at)
    return rows.order_by("-saved_at").first()


def scratch_of(actor: Actor, key: UUID) -> Scratch | None:
    """Return one of the actor's own."""
    return Scratch.objects.filter(user_id=actor.person_id, key=key).first()


def initial_from(scratch: Scratch) -> dict[str, Any]:
    """Return it as first values of the form."""
    return {
        name: texts if name in _MANY or name.startswith(_MANY_PREFIXES) else texts[-1]
        for name, texts in scratch.fields.items()
        if texts
    }
