"""How connecting is said on screens: the ways, how far it is, what works and what is missing. Tables, no queries."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels.candidates import Right
from channels.lifecycle import ChannelKind, HandshakeState, Way

C, H = ChannelKind, HandshakeState

#: Title, explanation and button of each way.
WAYS_IN_WORDS: dict[tuple[str, str], tuple[Promise, Promise, Promise]] = {
    (C.X, Way.SIGN_IN): (
        _("Sign in at X"),
        _("You allow it at X, signed in there as the company's account. Nothing is to be typed."),
        _("Go on to X"),
    ),
    (C.X, Way.BY_HAND): (
        _("By hand"),
        _("You enter the four keys from X's developer portal."),
        _("Look what they are good for"),
    ),
    (C.FACEBOOK, Way.SIGN_IN): (
        _("Sign in at Facebook"),
        _(
            "You allow it at Facebook, as somebody who manages the Pages, and choose some. Several at once are fine."
        ),
        _("Go on to Facebook"),
    ),
    (C.FACEBOOK, Way.BY_HAND): (
        _("By hand"),
        _("You enter a page access token that you have made yourself."),
        _("Look what they are good for"),
    ),
    (C.BLOG, Way.SIGN_IN): (
        _("Allow it on the site"),
        _(
            "You allow it on the site itself, signed in there as the user that the console shall be."
        ),
        _("Look for the site"),
    ),
    (C.BLOG, Way.BY_HAND): (
        _("By hand"),
        _("You enter a user name and an application password from that user's profile."),
        _("Look what they are good for"),
    ),
    (C.FEED, Way.LOOK): (
        _("Look for the feed"),
        _("The address of the blog is enough. A worker looks which feeds it has; you choose."),
        _("Look for the feed"),
    ),
}

WAY_OUT: dict[str, Promise] = {
    C.X: _("Go on to X"),
    C.FACEBOOK: _("Go on to Facebook"),
    C.BLOG: _("Go on to the site"),
}

#: How far it is: title and what happens next.
STEPS: dict[str, tuple[Promise, Promise]] = {
    H.ASKED: (
        _("Being looked into"),
        _("A worker asks the platform. This page follows by itself."),
    ),
    H.LOOKING: (
        _("Being looked into"),
        _("A worker asks the platform. This page follows by itself."),
    ),
    H.AWAY: (
        _("Allow it there"),
        _(
            "Go on within ten minutes, in this browser. Be signed in there as the account that is to be connected."
        ),
    ),
    H.FOUND: (_("Found"), _("Nothing is stored yet. See what works, then decide.")),
    H.FAILED: (_("This did not work"), _("Nothing was stored.")),
    H.DONE: (_("Stored"), _("This is done.")),
    H.LEFT: (_("Over"), _("It was given up, or took too long. Nothing was stored.")),
}

#: Why it failed.
REASONS: dict[str, Promise] = {
    "denied": _("It was not allowed there. Nothing was stored."),
    "refused": _("The platform does not accept these credentials. Nothing was stored."),
    "limited": _("The platform asks for patience. Try again in some minutes. Nothing was stored."),
    "unreachable": _("The platform could not be reached. Nothing was stored."),
    "rejected": _("The platform refused. Nothing was stored."),
    "interrupted": _(
        "The worker was interrupted, and what the platform gave counts only once. Begin again."
    ),
}

RIGHTS: dict[str, Promise] = {
    Right.IDENTITY: _("Say for sure whose account it is"),
    Right.READ: _("Read what customers write"),
    Right.ANSWER: _("Answer customers"),
    Right.PRIVATE: _("Answer privately"),
    Right.MODERATE: _("Hide or hold comments"),
    Right.POST: _("Publish posts"),
    Right.UPLOAD: _("Upload pictures"),
    Right.PUSH: _("Have news pushed"),
    Right.STAY: _("Stay connected by itself"),
}

WORKS = pgettext_lazy("check", "works")
MISSING = pgettext_lazy("check", "missing")
WELCOME = pgettext_lazy("check", "missing, but not needed")
UNTOLD = pgettext_lazy("check", "cannot be told beforehand")

#: What platforms call rights, where a permission's own name does not say it.
LACKS: dict[str, Promise] = {
    "MODERATE": _("the task “Moderate” on this Page"),
    "CREATE_CONTENT": _("the task “Create content” on this Page"),
    "MESSAGING": _("the task “Messages” on this Page"),
    "Read and write": _("the app's permission “Read and write”, and keys made after it was given"),
    "moderate_comments": _("the role Editor"),
    "publish_posts": _("the role Author or Editor"),
    "upload_files": _("the role Author or Editor"),
}
