"""How an act is said in a sentence: one table of verbs. No rows are read, no HTML is made."""

from collections import defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from opsconsole.audit.models import Activity

#: Verb -> sentence; placeholders are `actor` and whatever the act was recorded with.
PHRASES = {
    "inbox.conversation.opened": _("The customer wrote for the first time"),
    "inbox.conversation.reopened_by_customer": _("The customer wrote again; reopened"),
    "inbox.conversation.claimed": _("%(actor)s took this"),
    "inbox.conversation.released": _("%(actor)s gave this back to the unit"),
    "inbox.conversation.assigned": _("%(actor)s gave this to %(to)s"),
    "inbox.conversation.handed_over": _(
        "%(actor)s handed this over from %(from_unit)s to %(to_unit)s: %(reason)s"
    ),
    "inbox.conversation.resolved": _("%(actor)s resolved this"),
    "inbox.conversation.reopened": _("%(actor)s reopened this"),
    "inbox.conversation.tagged": _("%(actor)s added the tag %(tag)s"),
    "inbox.conversation.untagged": _("%(actor)s removed the tag %(tag)s"),
    "inbox.note.added": _("%(actor)s left a note"),
    "inbox.reply.sent": _("%(actor)s answered"),
    "channels.account.connected": _("%(actor)s connected the account"),
    "channels.account.paused": _("%(actor)s paused the account"),
    "channels.account.resumed": _("%(actor)s resumed the account"),
    "channels.account.poll_requested": _("%(actor)s asked for a poll"),
    "channels.account.reconnected": _("%(actor)s reconnected the account"),
    "channels.account.updated": _("%(actor)s changed the account"),
    "channels.delivery.requested": _("%(actor)s asked to send"),
    "channels.delivery.revised": _("%(actor)s changed what is to be sent"),
    "channels.delivery.cancelled": _("%(actor)s stopped the sending"),
    "channels.delivery.confirmed": _("%(actor)s found it on the platform"),
    "channels.delivery.dropped": _("%(actor)s gave up the sending"),
    "channels.delivery.sent_again": _("%(actor)s sent it again"),
    "campaigns.post.created": _("%(actor)s wrote the post"),
    "campaigns.post.updated": _("%(actor)s changed the post"),
    "campaigns.post.scheduled": _("%(actor)s scheduled the post"),
    "campaigns.post.unscheduled": _("%(actor)s took the post back to the drafts"),
    "campaigns.post.sent_now": _("%(actor)s had the post sent at once"),
    "campaigns.post.cancelled": _("%(actor)s cancelled the post"),
    "people.user.created": _("%(actor)s added %(username)s"),
    "people.user.deactivated": _("%(actor)s deactivated %(username)s"),
    "people.user.reactivated": _("%(actor)s let %(username)s in again"),
    "people.membership.set": _("%(actor)s gave %(username)s the role %(role)s"),
    "people.membership.removed": _("%(actor)s took the role %(role)s from %(username)s"),
    "people.unit.created": _("%(actor)s added the unit %(slug)s"),
    "people.preferences.changed": _("%(actor)s changed their preferences"),
    "people.photo.changed": _("%(actor)s changed their photo"),
    "people.photo.removed": _("%(actor)s removed their photo"),
    "people.password.changed": _("%(actor)s changed their password"),
    "people.password.reset": _("%(actor)s set a new password for %(username)s"),
    "people.session.started": _("%(actor)s signed in"),
    "people.session.ended": _("%(actor)s signed out"),
    "people.session.refused": _("A wrong password was tried for %(username)s"),
    "people.session.locked_out": _("%(username)s was locked out after too many wrong passwords"),
    "people.token.issued": _("%(actor)s asked for their API token"),
    "people.token.revoked": _("%(actor)s took their API token back"),
    "audit.activity.exported": _("%(actor)s exported the activity"),
}


def phrase(
    activity: Activity,
    units: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
) -> str:
    """Say an act in the reader's language; `units` and `roles` turn slugs into names.

    Unknown verbs stand for themselves.
    """
    told: dict[str, object] = defaultdict(str, activity.data)
    told["actor"] = _actor(activity)
    for key, names in (("from_unit", units), ("to_unit", units), ("role", roles)):
        slug = str(told[key])
        told[key] = (names or {}).get(slug, slug)
    sentence = PHRASES.get(activity.verb)
    return f"{told['actor']}: {activity.verb}" if sentence is None else str(sentence) % told


def _actor(activity: Activity) -> str:
    """Name whoever acted; some languages put an honorific after a person's name."""
    if activity.actor_kind == "system":
        return gettext("The console")
    return pgettext("somebody who acts", "%(name)s") % {"name": activity.actor_name}
