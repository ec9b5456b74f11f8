"""How each notice is said: whole sentences, tables only."""

from django.utils.translation import gettext_lazy as _

from inbox.notices import Digest, NoticeKind

K = NoticeKind

#: Kind → (what is said when it happens, how it is called in the settings, the icon beside it)
NOTICE_WORDS = {
    K.MENTION: (_("You were mentioned in a note"), _("Somebody mentions me in a note"), "note"),
    K.ASSIGNED: (_("A conversation was given to you"), _("I am given a conversation"), "inbox"),
    K.RETURNED: (
        _("A conversation went back to the unit"), _("A conversation of mine goes back"), "release",
    ),
    K.RETURN_SOON: (
        _("A conversation of yours goes back to the unit soon"),
        _("A conversation of mine is about to go back"),
        "clock",
    ),
    K.RETURN_SOON: (
        _("A conversation of yours goes back to the unit soon"),
        _("A conversation of mine is about to go back"),
        "clock",
    ),
    K.CONSULT_ASKED: (
        _("Another unit asks yours a question"), _("My unit is asked a question"), "note",
    ),
    K.CONSULT_EXPIRED: (
        _("A question to another unit was not answered in time"),
        _("My question is not answered in time"),
        "warning",
    ),
    K.RULE_TRIPPED: (
        _("A routing rule was switched off because it fitted far too often"),
        _("A routing rule is switched off"),
        "warning",
    ),
    K.CUSTOMER_WROTE: (
        _("The customer wrote again"), _("A customer of mine writes again"), "reply",
    ),
    K.DUE_SOON: (_("An answer is due soon"), _("An answer is nearly due"), "clock"),
    K.BREACHED: (_("An answer is overdue"), _("An answer becomes overdue"), "warning"),
    K.SNOOZE_ENDED: (_("A snooze has ended"), _("A snooze ends"), "clock"),
    K.PROMISE_DUE: (_("A promise is due"), _("A promise comes due"), "clock"),
    K.APPROVAL_ASKED: (
        _("An answer waits for approval"), _("An answer waits for my approval"), "check",
    ),
    K.APPROVAL_GIVEN: (_("Your answer was approved"), _("My answer is approved"), "check"),
    K.APPROVAL_DECLINED: (_("Your answer was sent back"), _("My answer is sent back"), "warning"),
    K.CONSULT_ANSWERED: (
        _("A question to another unit was answered"), _("My question is answered"), "note",
    ),
    K.CONSULT_ASKED: (_("Your unit is asked for advice"), _("My unit is asked for advice"), "help"),
    K.CONSULT_EXPIRED: (
        _("A question of yours went unanswered"), _("My question goes unanswered"), "clock",
    ),
    K.RULE_TRIPPED: (
        _("A routing rule hit too often and was switched off"),
        _("A routing rule is switched off"),
        "warning",
    ),
    K.SENDING_LATE: (
        _("Sending is late: something is due and does not leave"), _("Sending is late"), "warning",
    ),
    K.ACCOUNT_LOST: (
        _("An account must be reconnected; nothing is read or sent there"),
        _("An account must be reconnected"),
        "key",
    ),
    K.ACCOUNT_UNWELL: (
        _("An account keeps failing; it is tried again"), _("An account keeps failing"), "warning",
    ),
    K.ACCOUNT_OVER: (
        _("An account is over budget: nothing is sent there for now"),
        _("An account is over budget"),
        "warning",
    ),
    K.ACCOUNT_WELL: (_("An account is well again"), _("An account is well again"), "check"),
    K.ACCOUNT_SPENDING: (
        _("Most of an account's money for this month is spent"),
        _("An account's money runs short"),
        "warning",
    ),
    K.ACCESS_ENDS: (
        _("The access to an account ends soon; it must be connected again"),
        _("The access to an account ends soon"),
        "key",
    ),
    K.BEAT_SILENT: (
        _("The beat was silent: nothing left meanwhile"), _("The beat is silent"), "warning",
    ),
    K.CLOCK_OFF: (_("Clocks differ by more than two seconds"), _("Clocks differ"), "clock"),
    K.SENDING_LIMITED: (
        _("Platforms ask for patience: something due waits"), _("Platforms ask for patience"), "clock",
    ),
    K.HANDED_OVER: (
        _("A conversation was handed over to your unit"),
        _("A conversation is handed over to my unit"),
        "unit",
    ),
    K.DRAFT_PARKED: (
        _("Something new came before your answer; your text is kept"),
        _("Something new comes before my answer"),
        "note",
    ),
    K.LEASE_TAKEN: (
        _("A colleague has taken over the answering"), _("A colleague takes over"), "people",
    ),
    K.POST_ASKED: (
        _("A post waits for your approval"), _("A post waits for my approval"), "check",
    ),
    K.POST_APPROVED: (_("Your post was approved"), _("My post is approved"), "check"),
    K.POST_DECLINED: (_("Your post was sent back"), _("My post is sent back"), "warning"),
    K.POST_VOID: (
        _("A post was changed; its approval is void"), _("A change makes an approval void"), "edit",
    ),
    K.POST_WITHDRAWN: (
        _("The approval of a post, or the request for it, was taken back"),
        _("An approval is taken back"),
        "back",
    ),
    K.POST_UNAPPROVED: (
        _("A post of yours goes out within the hour, and nobody has approved it"),
        _("My post is nearly due and not approved"),
        "clock",
    ),
    K.POST_MISSED: (
        _("A post of yours was not sent: nobody had approved it"),
        _("My post is not sent for lack of approval"),
        "warning",
    ),
    K.POST_LINK_BROKEN: (
        _("A post of yours goes out within the hour, and a link in it does not work"),
        _("A link in my post breaks"),
        "link",
    ),
    K.POST_RELEASE_ASKED: (
        _("EMERGENCY: somebody asks you to release a post without approval"),
        _("I am asked for an emergency release"),
        "warning",
    ),
    K.POST_RELEASED: (
        _("EMERGENCY: two people released a post without approval"),
        _("A post is released without approval"),
        "warning",
    ),
    K.DELIVERY_TROUBLE: (_("An answer of yours did not leave"), _("An answer does not leave"), "warning"),
}  # fmt: skip

DIGEST_WORDS = {
    Digest.NEVER: _("Never"),
    Digest.DAILY: _("Every day"),
    Digest.WEEKDAYS: _("On weekdays"),
}
