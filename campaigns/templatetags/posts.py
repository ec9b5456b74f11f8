"""How posts are shown. No queries."""

import re

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.calendar import wall_time
from campaigns.lifecycle import ApprovalState, CampaignState, PostState
from campaigns.models import Campaign, Post
from campaigns.status import (
    APPROVAL_STATUS,
    CAMPAIGN_STATUS,
    CHANGE_LABELS,
    POST_STATUS,
    RESULT_LABELS,
    Status,
    late_word,
)
from opsconsole.people.roles import Role
from opsconsole.people.status import ROLE_NAMES

register = template.Library()

_STANDS_OUT = re.compile(r"(https?://[^\s<\u0080-\uffff]+|(?<![\w&/])[@#][^\W\d_]\w*)")


@register.filter
def post_status(post: Post) -> Status:
    """Return a post's state in words."""
    return POST_STATUS[PostState(post.state)]


@register.filter
def leads_nowhere(post: Post) -> bool:
    """Whether a post is to go out and has a link that is known not to work."""
    return post.state == PostState.SCHEDULED and post.links_broken_at is not None


@register.filter
def platform_words(text: str) -> SafeString:
    """Return words as platforms show them: addresses, mentions and hashtags stand out."""
    pieces = enumerate(_STANDS_OUT.split(text))
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="look__link">{}</span>', piece) if number % 2 else piece,)
            for number, piece in pieces
        ),
    )


@register.filter
def wall_clock(post: Post) -> str:
    """Return when it goes or went out by the writer's clock, or when it is meant to; readable."""
    if post.publish_at is None:
        return post.local_time.replace("T", " ")
    return f"{wall_time(post.publish_at, post.time_zone):%Y-%m-%d %H:%M:%S}"


@register.filter
def campaign_status(campaign: Campaign) -> Status:
    """Return a campaign's state in words."""
    return CAMPAIGN_STATUS[CampaignState(campaign.state)]


@register.filter
def campaign_days(campaign: Campaign) -> str:
    """Return a campaign's first and last day; the year where it is not this one."""
    today = timezone.localdate()
    ends = (campaign.starts_on, campaign.ends_on)
    is_plain = all(day.year == today.year for day in ends)
    form = "MONTH_DAY_FORMAT" if is_plain else "DATE_FORMAT"
    return " – ".join(date_format(day, form) for day in ends)


@register.filter
def state_status(state: str) -> Status:
    """Return a state of posts in words, by its name."""
    return POST_STATUS[PostState(state)]


@register.filter
def result_label(name: str) -> tuple[Promise, str]:
    """Return how a group of placements is called, and its tone."""
    return RESULT_LABELS[name]


@register.filter
def change_label(name: str) -> Promise:
    """Return how something that differs between two revisions is called."""
    return CHANGE_LABELS[name]


@register.filter
def approval_status(state: str) -> Status:
    """Return where a request for approval stands, in words."""
    return APPROVAL_STATUS[ApprovalState(state)]


@register.filter
def role_name(role: str) -> Promise:
    """Return how a role is called."""
    return ROLE_NAMES[Role(role)]


@register.filter
def wall_words(local_time: str) -> str:
    """Return a kept wall time readable."""
    return local_time.replace("T", " ")


@register.filter
def late_words(kept: str) -> str:
    """Say what becomes of a post when it is late."""
    return late_word(kept)


@register.filter
def signed_ms(milliseconds: int) -> str:
    """Say how much later, or earlier, something was."""
    return f"{milliseconds:+d} ms"
