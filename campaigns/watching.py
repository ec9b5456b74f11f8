"""What the watch counts that only campaigns know: posts that are to go out and lead nowhere."""

from django.utils.translation import gettext_lazy as _

from campaigns.selectors.posts import posts_with_broken_links
from channels.concerns import Concern, concern_add
from opsconsole.kernel.actor import Actor


def concerns_add() -> None:
    """Have the watch count them."""
    concern_add(
        "broken_links",
        Concern(_("Broken links"), _count, "campaigns:posts", "?view=upcoming&links=broken"),
    )


def _count(actor: Actor) -> int:
    return posts_with_broken_links(actor).count()
