"""Where a post goes, and what is set for each account: kept as its writer chose. The post is locked."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from campaigns.contents import PLAIN, Content, Placing
from campaigns.models import Post, PostPart, PostTarget
from campaigns.selectors.posts import deliveries_under
from channels.actions.deliveries import delivery_withdraw
from channels.models import ChannelAccount
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from channels.types import Threading
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

#: Words that may follow under one placement.
MOST_PARTS = 24
LONGEST_EXCERPT = 1000


def placements_set(actor: Actor, post: Post, content: Content) -> None:
    """Make the placements what the writer chose; one that is under way cannot be taken away.

    Where the post already stands it may stay, even on an account this writer may not post to.
    """
    wanted = set(content.account_ids)
    targets = {
        target.account_id: target for target in post.targets.select_related("account").all()
    }
    mine = accounts_for(actor, Ability.WRITE_POSTS).filter(pk__in=wanted)
    known = {account.pk: account for account in mine if capabilities_for(account.kind).can_post}
    if not wanted or wanted - set(known) - set(targets):
        raise Invalid(
            _("Choose at least one account you may post to."), code="accounts", field="accounts"
        )
    for account_id, target in targets.items():
        if account_id not in wanted:
            _take_away(actor, target)
    for pk in sorted(wanted):
        account = targets[pk].account if pk in targets else known[pk]
        _place(actor, post, account, content)


def _place(actor: Actor, post: Post, account: ChannelAccount, content: Content) -> None:
    settings = content.placing.get(account.pk, PLAIN)
    target, _is_new = PostTarget.objects.update_or_create(
        post=post, account=account,
        defaults={"text": typed(content.wording.get(account.pk, "")), **_kept(account, settings)},
    )  # fmt: skip
    _set_parts(actor, target, parts_of(settings))


def _kept(account: ChannelAccount, settings: Placing) -> dict[str, object]:
    """Return what a placement keeps; a category that the blog does not know is refused."""
    known = {row["number"] for row in account.categories}
    if set(settings.categories) - known:
        raise Invalid(
            _("%(account)s has no such category.") % {"account": account.name},
            code="category", field=f"categories_{account.pk}",
        )  # fmt: skip
    if settings.excerpt and not capabilities_for(account.kind).has_categories:
        raise Invalid(_("Only an article has a summary."), code="excerpt", field="accounts")
    return {
        "excerpt": typed(settings.excerpt).strip()[:LONGEST_EXCERPT],
        "categories": sorted(set(settings.categories)),
        "left_out": sorted(set(settings.left_out)),
    }


def parts_of(settings: Placing) -> list[str]:
    """Return the further words a writer meant, empty ones left out."""
    return [text for text in (typed(part).strip() for part in settings.parts) if text]


def _set_parts(actor: Actor, target: PostTarget, texts: Sequence[str]) -> None:
    """Make what follows under a placement what the writer typed, one by one in order."""
    if texts and capabilities_for(target.account.kind).threading == Threading.NONE:
        raise Invalid(_("Nothing can follow an article."), code="parts", field="accounts")
    if len(texts) > MOST_PARTS:
        raise Invalid(
            _("At most %(count)d may follow.") % {"count": MOST_PARTS},
            code="parts", field=f"part_{target.account_id}",
        )  # fmt: skip
    present = list(target.parts.select_related("delivery__account"))
    for part in present[len(texts) :]:
        _drop_part(actor, part)
    for number, text in enumerate(texts, 1):
        PostPart.objects.update_or_create(target=target, position=number, defaults={"text": text})


def _drop_part(actor: Actor, part: PostPart) -> None:
    if part.delivery:
        delivery_withdraw(actor, delivery=part.delivery)
    part.delete()


def _take_away(actor: Actor, target: PostTarget) -> None:
    for delivery in deliveries_under(target):
        delivery_withdraw(actor, delivery=delivery)
    target.delete()
