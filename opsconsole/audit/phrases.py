"""How an act is said in a sentence: one table of verbs. No rows are read, no HTML is made."""

from collections import defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from opsconsole.audit.models import Activity

#: Verb -> sentence; placeholders are `actor` and whatever the act was recorded with.
PHRASES = {
    "inbox.conversation.outlived": _("%(conversations)s conversations were emptied for their age"),
    "inbox.conversation.opened": _("The customer wrote for the first time"),
    "inbox.conversation.reopened_by_customer": _("The customer wrote again; reopened"),
    "inbox.conversation.claimed": _("%(actor)s took this"),
    "inbox.conversation.released": _("%(actor)s gave this back to the unit"),
    "inbox.conversation.assigned": _("%(actor)s gave this to %(to)s"),
    "inbox.conversation.given": _("%(actor)s gave this to %(to)s, whose turn it was"),
    "inbox.conversation.returned": _(
        "%(actor)s returned this to the unit: %(whose)s was silent while the customer waited"
    ),
    "inbox.conversation.off_shift": _(
        "%(actor)s returned this to the unit: %(whose)s is off duty"
    ),
    "inbox.conversation.snoozed": _("%(actor)s put this aside"),
    "inbox.conversation.woken": _("%(actor)s brought this back"),
    "inbox.conversation.handed_over": _(
        "%(actor)s handed this over from %(from_unit)s to %(to_unit)s: %(reason)s"
    ),
    "inbox.conversation.resolved": _("%(actor)s resolved this"),
    "inbox.conversation.answered_elsewhere": _("%(actor)s answered on the site itself"),
    "inbox.conversation.answered_elsewhere_undone": _(
        "%(actor)s said that this was not answered after all"
    ),
    "inbox.conversation.reopened": _("%(actor)s reopened this"),
    "inbox.conversation.tagged": _("%(actor)s added the tag %(tag)s"),
    "inbox.conversation.untagged": _("%(actor)s removed the tag %(tag)s"),
    "inbox.notices.chosen": _("%(actor)s changed how they are told"),
    "inbox.calendar.changed": _("%(actor)s changed the opening hours"),
    "inbox.level.added": _("%(actor)s added the service level %(name)s"),
    "inbox.level.changed": _("%(actor)s changed the service level %(name)s"),
    "inbox.level.ended": _("%(actor)s ended the service level %(name)s"),
    "inbox.followup.made": _("%(actor)s noted a promise: %(quote)s"),
    "inbox.followup.dismissed": _("%(actor)s said that a sentence is no promise"),
    "inbox.followup.changed": _("%(actor)s moved a promise"),
    "inbox.followup.kept": _("%(actor)s kept a promise: %(quote)s"),
    "inbox.followup.dropped": _("%(actor)s dropped a promise: %(quote)s"),
    "inbox.followup.fell_due": _("A promise is due: %(quote)s"),
    "inbox.contact.blocked": _("%(actor)s blocked the customer"),
    "inbox.contact.unblocked": _("%(actor)s unblocked the customer"),
    "inbox.conversation.marked_spam": _("%(actor)s marked this as spam"),
    "inbox.contact.vip_marked": _("%(actor)s marked the customer as VIP: %(reason)s"),
    "inbox.contact.vip_unmarked": _("%(actor)s took the VIP mark off the customer"),
    "inbox.contact.language_set": _("%(actor)s set the customer's language"),
    "inbox.contact.exported": _("%(actor)s exported the customer's personal data"),
    "inbox.contact.erased": _("%(actor)s erased the customer's personal data: %(reason)s"),
    "inbox.contact.merged": _("%(actor)s merged this customer with another contact"),
    "inbox.contact.unmerged": _("%(actor)s separated this customer from another contact"),
    "inbox.contactnote.added": _("%(actor)s left a note about the customer"),
    "inbox.contactnote.changed": _("%(actor)s changed a note about the customer"),
    "inbox.contactnote.removed": _("%(actor)s removed a note about the customer"),
    "inbox.bulk.started": _("%(actor)s did something with %(count)s conversations at once"),
    "inbox.view.saved": _("%(actor)s saved the view %(name)s"),
    "inbox.view.renamed": _("%(actor)s renamed a view to %(name)s"),
    "inbox.view.deleted": _("%(actor)s deleted the view %(name)s"),
    "inbox.conversation.routed": _("%(actor)s routed this by the rule “%(rule)s”"),
    "inbox.rule.created": _("%(actor)s made the routing rule “%(name)s”"),
    "inbox.rule.changed": _("%(actor)s changed the routing rule “%(name)s”"),
    "inbox.rule.moved": _("%(actor)s moved the routing rule “%(name)s”"),
    "inbox.rule.tried": _("%(actor)s tried the routing rule “%(name)s” on the past"),
    "inbox.rule.started": _("%(actor)s switched on the routing rule “%(name)s”"),
    "inbox.rule.stopped": _("%(actor)s switched off the routing rule “%(name)s”"),
    "inbox.rule.tripped": _(
        "%(actor)s switched off the routing rule “%(name)s”: it hit too often"
    ),
    "inbox.rule.deleted": _("%(actor)s deleted the routing rule “%(name)s”"),
    "inbox.consult.asked": _("%(actor)s asked the unit %(to_unit)s"),
    "inbox.consult.answered": _("%(actor)s answered a question of another unit"),
    "inbox.consult.answered_by_guest": _("A guest answered a question: %(guest)s"),
    "inbox.consult.withdrawn": _("%(actor)s took a question back"),
    "inbox.consult.expired": _("A question went unanswered"),
    "inbox.consult.link_made": _("%(actor)s made a guest link"),
    "inbox.consult.link_opened": _("A guest opened the link"),
    "inbox.consult.link_withdrawn": _("%(actor)s took a guest link back"),
    "inbox.desk.changed": _("%(actor)s changed how the unit works"),
    "inbox.draft.parked": _("%(actor)s put a draft aside, because something was faster"),
    "inbox.draft.discarded": _("%(actor)s threw a draft away"),
    "inbox.draft.copied": _("%(actor)s took a copy of the draft of %(author)s"),
    "inbox.lease.taken_over": _("%(actor)s took over the answer from %(former)s: %(reason)s"),
    "inbox.shift.planned": _("%(actor)s planned shifts of %(whose)s: %(count)s"),
    "inbox.shift.copied": _("%(actor)s copied a week of the roster, shifts: %(count)s"),
    "inbox.shift.cancelled": _("%(actor)s cancelled the shift of %(whose)s on %(day)s"),
    "inbox.shift.started": _("%(actor)s came to duty"),
    "inbox.shift.ended": _("%(actor)s left duty"),
    "inbox.operator.away": _("%(actor)s took a break"),
    "inbox.operator.back": _("%(actor)s is back from the break"),
    "inbox.operator.changed": _("%(actor)s changed what %(whose)s can take on"),
    "inbox.handover.noted": _("%(actor)s left a note for the next shift"),
    "inbox.handover.read": _("%(actor)s confirmed having read the hand-over note"),
    "inbox.note.added": _("%(actor)s left a note"),
    "inbox.reply.scheduled": _("%(actor)s scheduled an answer"),
    "inbox.reply.unscheduled": _("%(actor)s took a scheduled answer back"),
    "inbox.reply.undone": _("%(actor)s took an answer back before it left"),
    "inbox.reply.sent": _("%(actor)s answered"),
    "inbox.picture.added": _("%(actor)s added a picture to an answer"),
    "inbox.picture.removed": _("%(actor)s took a picture away from an answer"),
    "inbox.message.moderated": _("%(actor)s had something done with a message"),
    "inbox.message.moderation_stopped": _("%(actor)s stopped what was to be done with a message"),
    "inbox.candidate.submitted": _("%(actor)s asked for approval of an answer"),
    "inbox.candidate.withdrawn": _("%(actor)s took an answer back before it was approved"),
    "inbox.candidate.approved": _("%(actor)s approved the answer of %(author)s"),
    "inbox.candidate.declined": _("%(actor)s sent the answer of %(author)s back: %(note)s"),
    "inbox.reply.confirmed": _("%(actor)s sent personal data in spite of the warning"),
    "inbox.cotag.set": _("%(actor)s gave %(name)s the initials %(initials)s"),
    "inbox.cotag.retired": _("%(actor)s took the initials %(initials)s of %(name)s out of use"),
    "inbox.savedreply.created": _("%(actor)s saved the reply “%(title)s”"),
    "inbox.savedreply.changed": _("%(actor)s changed the saved reply “%(title)s”"),
    "inbox.savedreply.archived": _("%(actor)s archived the saved reply “%(title)s”"),
    "inbox.savedreply.restored": _("%(actor)s restored the saved reply “%(title)s”"),
    "inbox.signing.changed": _("%(actor)s changed how answers of %(name)s are signed"),
    "channels.app.set": _("%(actor)s set up our app at a platform"),
    "channels.account.connected": _("%(actor)s connected the account"),
    "channels.account.budget_set": _("%(actor)s set the budget of the account %(name)s"),
    "channels.account.listening_set": _("%(actor)s set what the account %(name)s searches for"),
    "channels.account.left": _(
        "%(actor)s had the account %(name)s deleted with all that belongs to it"
    ),
    "channels.account.gone": _("The account %(name)s is deleted"),
    "channels.account.ceiling_set": _("%(actor)s set the monthly ceiling of the account %(name)s"),
    "channels.account.signature_set": _("%(actor)s set who signs answers of the account %(name)s"),
    "channels.account.followers_kept": _("%(actor)s had it kept who follows the account %(name)s"),
    "channels.account.followers_left": _(
        "%(actor)s had it no longer kept who follows the account %(name)s"
    ),
    "channels.account.paused": _("%(actor)s paused the account"),
    "channels.account.resumed": _("%(actor)s resumed the account"),
    "channels.door.opened": _("%(actor)s switched pushing on for the account"),
    "channels.door.renewed": _("%(actor)s gave the account a new address for pushing"),
    "channels.door.closed": _("%(actor)s switched pushing off for the account"),
    "channels.subscription.asked": _("%(actor)s had the page subscribed to the company's app"),
    "channels.subscription.ended": _(
        "%(actor)s ended the page's subscription to the company's app"
    ),
    "channels.pushevent.retried": _("%(actor)s had the parked event %(number)s tried again"),
    "channels.pushevent.discarded": _("%(actor)s discarded the parked event %(number)s"),
    "channels.account.past_asked": _("%(actor)s asked to read a period of the account again"),
    "channels.account.past_stopped": _("%(actor)s stopped a reading of the account's past"),
    "channels.account.history_asked": _(
        "%(actor)s asked to read the account's last %(days)s days"
    ),
    "channels.account.poll_requested": _("%(actor)s asked for a poll"),
    "channels.account.reconnected": _("%(actor)s reconnected the account"),
    "channels.account.updated": _("%(actor)s changed the account"),
    "channels.delivery.requested": _("%(actor)s asked to send"),
    "channels.delivery.revised": _("%(actor)s changed what is to be sent"),
    "channels.delivery.cancelled": _("%(actor)s stopped the sending"),
    "channels.delivery.permitted": _("%(actor)s let the sending pass"),
    "channels.delivery.bound": _("%(actor)s had the sending wait for approval"),
    "channels.delivery.confirmed": _("%(actor)s found it on the platform"),
    "channels.delivery.doubted": _("%(actor)s had it read back, as the database was replaced"),
    "channels.delivery.dropped": _("%(actor)s gave up the sending"),
    "channels.delivery.sent_again": _("%(actor)s sent it again"),
    "channels.delivery.planned_anew": _("%(actor)s gave the sending a new time"),
    "channels.hold.placed": _("%(actor)s put a hold on the sending: %(reason)s"),
    "channels.hold.lifted": _("%(actor)s lifted the hold: %(reason)s"),
    "campaigns.post.created": _("%(actor)s wrote the post"),
    "campaigns.post.updated": _("%(actor)s changed the post"),
    "campaigns.post.scheduled": _("%(actor)s scheduled the post"),
    "campaigns.post.unscheduled": _("%(actor)s took the post back to the drafts"),
    "campaigns.post.sent_now": _("%(actor)s had the post sent at once"),
    "campaigns.post.cancelled": _("%(actor)s cancelled the post"),
    "campaigns.post.launch_marked": _("%(actor)s made this a launch post"),
    "campaigns.post.launch_unmarked": _("%(actor)s made this an ordinary post again"),
    "campaigns.post.brought_back": _("%(actor)s brought revision %(number)s of the post back"),
    "campaigns.post.commented": _("%(actor)s left a comment on the post"),
    "campaigns.post.exported": _("%(actor)s exported a list of posts"),
    "campaigns.import.uploaded": _("%(actor)s uploaded the file “%(name)s” with posts"),
    "campaigns.import.committed": _("%(actor)s imported %(count)s posts from the file “%(name)s”"),
    "campaigns.import.undone": _("%(actor)s took the import of the file “%(name)s” back"),
    "campaigns.approval.asked": _("%(actor)s asked for approval of revision %(revision)s"),
    "campaigns.approval.given": _("%(actor)s approved step %(step)s of revision %(revision)s"),
    "campaigns.approval.declined": _("%(actor)s sent revision %(revision)s back: %(word)s"),
    "campaigns.approval.completed": _("Revision %(revision)s is approved"),
    "campaigns.approval.voided": _("%(actor)s changed the post; its approval is void"),
    "campaigns.approval.withdrawn": _(
        "%(actor)s took the approval of the post, or the request for it, back"
    ),
    "campaigns.approval.expired": _("Nobody approved the post in time"),
    "campaigns.approval.link_made": _("%(actor)s made a guest link for an approval"),
    "campaigns.approval.link_opened": _("A guest opened the link of an approval"),
    "campaigns.approval.link_withdrawn": _("%(actor)s took the guest link of an approval back"),
    "campaigns.release.asked": _(
        "EMERGENCY: %(actor)s asks for release without approval: %(reason)s"
    ),
    "campaigns.release.given": _(
        "EMERGENCY: %(actor)s and %(first)s released the post without approval: %(reason)s"
    ),
    "campaigns.policy.set": _("%(actor)s changed what approval posts of the unit need"),
    "campaigns.campaign.policy_set": _(
        "%(actor)s changed what approval posts of the campaign “%(name)s” need"
    ),
    "campaigns.campaign.created": _("%(actor)s planned the campaign “%(name)s”"),
    "campaigns.campaign.updated": _("%(actor)s changed the campaign “%(name)s”"),
    "campaigns.campaign.moved": _("%(actor)s moved the campaign “%(name)s” on"),
    "campaigns.rehearsal.asked": _("%(actor)s had the campaign “%(name)s” rehearsed"),
    "campaigns.rehearsal.cancelled": _("%(actor)s stopped the rehearsal of “%(name)s”"),
    "campaigns.rehearsal.ended": _("The rehearsal of the campaign “%(name)s” ended"),
    "campaigns.goal.set": _("%(actor)s set the daily goal of %(account)s: %(low)s to %(high)s"),
    "campaigns.feed.made": _("%(actor)s made a secret calendar address"),
    "campaigns.feed.withdrawn": _("%(actor)s took the secret calendar address back"),
    "campaigns.image.added": _("%(actor)s added the image “%(name)s” to the library"),
    "campaigns.image.described": _("%(actor)s changed the image “%(name)s” of the library"),
    "campaigns.image.archived": _("%(actor)s archived the image “%(name)s”"),
    "campaigns.image.restored": _("%(actor)s brought the image “%(name)s” back from the archive"),
    "campaigns.live.opened": _("%(actor)s opened the live desk “%(name)s”"),
    "campaigns.live.let_out": _(
        "%(actor)s let the live desk “%(name)s” out: everything said there may go out"
    ),
    "campaigns.live.refused": _("%(actor)s refused to let the live desk “%(name)s” out: %(word)s"),
    "campaigns.live.asked_again": _("%(actor)s asked again to let the live desk “%(name)s” out"),
    "campaigns.live.said": _("%(actor)s said line %(line)s at the live desk"),
    "campaigns.live.taken_back": _("%(actor)s took line %(line)s of the live desk back"),
    "campaigns.live.retried": _("%(actor)s had line %(line)s tried again on %(account)s"),
    "campaigns.live.skipped": _("%(actor)s left line %(line)s out on %(account)s"),
    "campaigns.live.master_skipped": _(
        "%(actor)s had the live desk go on without its master post on %(account)s"
    ),
    "campaigns.live.closed": _("%(actor)s closed the live desk “%(name)s”"),
    "campaigns.live.reopened": _("%(actor)s reopened the live desk “%(name)s”"),
    "campaigns.live.exported": _("%(actor)s exported what was said at the live desk “%(name)s”"),
    "campaigns.snippet.added": _("%(actor)s prepared a snippet for the live desk"),
    "campaigns.snippet.changed": _("%(actor)s changed a snippet of the live desk"),
    "campaigns.snippet.moved": _("%(actor)s moved a snippet of the live desk"),
    "campaigns.snippet.dropped": _("%(actor)s threw a snippet of the live desk away"),
    "campaigns.series.created": _("%(actor)s began a series of posts"),
    "campaigns.series.changed": _("%(actor)s changed the series of posts"),
    "campaigns.series.skipped": _("%(actor)s left %(day)s out of the series of posts"),
    "campaigns.series.restored": _("%(actor)s took %(day)s into the series of posts again"),
    "campaigns.series.ended": _("%(actor)s ended the series of posts"),
    "people.user.created": _("%(actor)s added %(username)s"),
    "people.user.deactivated": _("%(actor)s deactivated %(username)s"),
    "people.user.reactivated": _("%(actor)s let %(username)s in again"),
    "people.membership.set": _("%(actor)s gave %(username)s the role %(role)s"),
    "people.membership.approval_changed": _(
        "%(actor)s changed whether replies of %(username)s need approval"
    ),
    "people.membership.removed": _("%(actor)s took the role %(role)s from %(username)s"),
    "people.unit.created": _("%(actor)s added the unit %(slug)s"),
    "people.unit.walled": _("%(actor)s put a wall around the unit %(slug)s"),
    "people.unit.opened": _("%(actor)s took down the wall around the unit %(slug)s"),
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
    "audit.waits.exported": _("%(actor)s exported the waits behind a report"),
}

#: The same for what was asked to be done with a message, by the act's `deed`.
DEEDS = {
    "hide": _("%(actor)s asked to hide a message"),
    "unhide": _("%(actor)s asked to show a message again"),
    "approve": _("%(actor)s asked to approve a message"),
    "hold": _("%(actor)s asked to hold a message for approval"),
    "spam": _("%(actor)s asked to mark a message as spam"),
    "unspam": _("%(actor)s said that a message is no spam"),
    "trash": _("%(actor)s asked to move a message to the trash"),
    "untrash": _("%(actor)s asked to take a message out of the trash"),
    "delete_own": _("%(actor)s asked to delete an answer of ours"),
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
    if activity.verb == "inbox.message.moderated":
        sentence = DEEDS.get(str(told["deed"]), sentence)
    return f"{told['actor']}: {activity.verb}" if sentence is None else str(sentence) % told


def _actor(activity: Activity) -> str:
    """Name whoever acted; some languages put an honorific after a person's name."""
    if activity.actor_kind == "system":
        return gettext("The console")
    return pgettext("somebody who acts", "%(name)s") % {"name": activity.actor_name}
