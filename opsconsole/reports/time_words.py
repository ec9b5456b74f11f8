"""What measures, clocks and reasons are called on screens, in files and in the API. Data only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsconsole.reports.lifecycle import Clock, Cohort, Grouping, Measure

Words = dict[str, "str | Promise"]

MEASURES: Words = {
    Measure.FIRST: _("First reply"),
    Measure.FIRST_REOPENED: _("First reply, reopened"),
    Measure.NEXT: _("Next reply"),
    Measure.ANY: _("Any reply"),
    Measure.RESOLUTION: _("Resolution"),
    Measure.ASSIGN: _("Time to assign"),
    Measure.FROM_ASSIGNMENT: _("Reply from assignment"),
    Measure.CONSULT: _("Consult"),
    Measure.APPROVAL: _("Approval delay"),
    Measure.COLLECTION: _("Collection delay"),
}
#: Under the heading: from when to when.
FORMULAS: Words = {
    Measure.FIRST: _("From a new customer's first line to our first answer."),
    Measure.FIRST_REOPENED: _("From the first line after a resolve to our first answer."),
    Measure.NEXT: _("From the oldest unanswered line to our answer, after the first one."),
    Measure.ANY: _("From the oldest unanswered line to our answer, first and later ones."),
    Measure.RESOLUTION: _(
        "From a cycle's first line to the last resolve before the customer wrote again."
    ),
    Measure.CONSULT: _(
        "From the question to another unit until its answer. Shown, never taken off."
    ),
    Measure.APPROVAL: _("From when an answer was put before a colleague until the decision."),
    Measure.ASSIGN: _("From the customer's line until somebody first took the conversation."),
    Measure.FROM_ASSIGNMENT: _(
        "From when the replier had it, or the customer wrote, whichever was later, to the answer."
    ),
    Measure.COLLECTION: _("From the platform's time of the line until it reached us."),
}
CLOCKS: Words = {
    Clock.CUSTOMER: _("Customer's clock, day and night"),
    Clock.CUSTOMER_OPEN: _("Customer's clock, open hours"),
    Clock.DESK: _("Desk's clock, day and night"),
    Clock.DESK_OPEN: _("Desk's clock, open hours"),
}
COHORTS: Words = {
    Cohort.OPENED: _("By when the wait began"),
    Cohort.ENDED: _("By when the wait ended"),
}
GROUPINGS: Words = {
    Grouping.UNIT: _("By unit"),
    Grouping.OPERATOR: _("By operator"),
    Grouping.CHANNEL: _("By channel"),
    Grouping.ACCOUNT: _("By account"),
    Grouping.TAG: _("By tag"),
    Grouping.LANGUAGE: _("By language"),
    Grouping.DAY: _("By day"),
    Grouping.HOUR: _("By hour and weekday"),
    Grouping.LEVEL: _("By service level"),
}
LEFT_OUT: Words = {
    "backfill": _("Older than the account"),
    "spam": _("Spam and blocked"),
    "event": _("Entries in an event"),
    "withdrawn": _("Withdrawn by the customer"),
    "merged": _("Answered in another conversation"),
    "given_up": _("Closed without an answer: missed"),
    "closed": _("Closed without an answer: none needed"),
}
PARTS: Words = {
    "timed": _("With a time"),
    "open": _("Still waiting"),
    "missed": _("Target missed"),
    "met": _("Target met"),
    "all": _("All that count"),
    "left_out": _("Left out"),
}
