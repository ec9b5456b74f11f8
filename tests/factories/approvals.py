"""Units whose posts need approval, and the people who give it."""

from dataclasses import dataclass

from campaigns.actions.policies import unit_policy_set
from campaigns.approval import Step
from campaigns.models import ApprovalRequest, Post
from channels.models import ChannelAccount, Delivery
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from tests.factories.campaigns import make_post
from tests.factories.channels import make_account
from tests.factories.people import make_actor


@dataclass
class Desk:
    """A unit with one account, a writer, two managers, and a rule."""

    account: ChannelAccount
    seo: Actor  # staff: writes
    min: Actor  # manager
    gil: Actor  # manager
    root: Actor  # administrator

    def rule(self, *steps: Step, hours_before: int | None = None) -> None:
        unit_policy_set(
            self.root, unit_id=self.account.unit_id, steps=steps, hours_before=hours_before
        )

    def scheduled(self, **given) -> Post:
        return make_post(self.account, actor=self.seo, scheduled=True, **given)


def make_desk(*steps: Step) -> Desk:
    """A unit in which one manager's word suffices, unless told otherwise."""
    account = make_account()
    unit = account.unit
    desk = Desk(
        account=account,
        seo=make_actor("staff", unit),
        min=make_actor("manager", unit),
        gil=make_actor("manager", unit),
        root=make_actor("administrator"),
    )
    desk.rule(*(steps or (Step(role="manager"),)))
    return desk


def request_of(post: Post) -> ApprovalRequest:
    """The newest request for a post."""
    return post.requests.order_by("-pk")[0]


def delivery_of(post: Post) -> Delivery:
    """The one delivery of a post."""
    return Delivery.objects.get(post_target__post=post)


def due(post: Post) -> None:
    """The post's time has come."""
    at = now()
    Delivery.objects.filter(post_target__post=post).update(not_before=at)
    Post.objects.filter(pk=post.pk).update(publish_at=at)
    ApprovalRequest.objects.filter(post=post).update(expires_at=at)
