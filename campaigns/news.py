"""What people can be told about posts, as data. The names are those of the notices."""

from enum import StrEnum


class NewsKind(StrEnum):
    """The occasions on which somebody is told something about a post."""

    ASKED = "post_asked"  # a post waits for my approval
    APPROVED = "post_approved"  # mine was approved
    DECLINED = "post_declined"  # mine was sent back
    VOID = "post_void"  # a change made its approval void
    WITHDRAWN = "post_withdrawn"  # somebody took its approval, or the request, back
    UNAPPROVED = "post_unapproved"  # mine goes out within the hour, and nobody has approved it
    MISSED = "post_missed"  # mine was not sent, because nobody had approved it
    LINK_BROKEN = (
        "post_link_broken"  # mine goes out within the hour, and a link in it leads nowhere
    )
    RELEASE_ASKED = "post_release_asked"  # somebody wants to send one without approval
    RELEASED = "post_released"  # two people let one out without approval
