"""The reports' numbers counted once more, slowly and in another way: from the rows, one by one, in plain Python."""

from dataclasses import dataclass, field
from fractions import Fraction

from django.utils import timezone

from inbox.models import Assignment, ConversationTag, Wait


@dataclass
class Count:
    """What a report should say of one group."""

    seconds: list[int] = field(default_factory=list)
    open: int = 0
    due: int = 0
    met: int = 0

    def told(self):
        """As (n, median, p90, mean, longest, open, due, met)."""
        rows = sorted(self.seconds)
        if not rows:
            return (0, None, None, None, None, self.open, self.due, self.met)
        mean = Fraction(sum(rows), len(rows))
        return (
            len(rows), quantile(rows, Fraction(1, 2)), quantile(rows, Fraction(9, 10)), float(mean),
            rows[-1], self.open, self.due, self.met,
        )  # fmt: skip


def quantile(rows, share):
    """The value at a share of the way from the first row to the last."""
    place = share * (len(rows) - 1)
    low = int(place)
    high = min(low + 1, len(rows) - 1)
    return float(rows[low] + (rows[high] - rows[low]) * (place - low))


def told(figures):
    """A report's figures in the form of `Count.told`."""
    one = figures.spread
    return (
        one.count, one.median, one.p90, one.mean, one.longest, figures.open, figures.due, figures.met,
    )  # fmt: skip


def whole(later, earlier):
    return max(0, int((later - earlier).total_seconds()))


def seconds_of(wait, measure, clock):
    """The seconds of one wait by a measure; None where it has none."""
    rows = list(Assignment.objects.filter(conversation=wait.conversation_id))
    if measure == "collection":
        return whole(wait.desk_opened_at, wait.opened_at)
    if measure == "assign":
        if any(
            r.started_at < wait.opened_at and (not r.ended_at or r.ended_at > wait.opened_at)
            for r in rows
        ):
            return "never"
        during = [r.started_at for r in rows if r.started_at >= wait.opened_at
                  and (not wait.ended_at or r.started_at <= wait.ended_at)]  # fmt: skip
        return whole(min(during), wait.opened_at) if during else None
    if measure == "from_assignment":
        own = [r.started_at for r in rows if wait.ended_at and r.assignee_id == wait.replier_id
               and r.started_at <= wait.ended_at
               and (not r.ended_at or r.ended_at > wait.opened_at)]  # fmt: skip
        return whole(wait.ended_at, max(*own, wait.opened_at)) if own else None
    if wait.end_kind != "answered":
        return None
    if clock == "desk":
        return whole(wait.ended_at, max(wait.opened_at, wait.desk_opened_at))
    return {"customer": wait.wall_s, "customer_open": wait.biz_s, "desk_open": wait.desk_biz_s}[
        clock
    ]


def concerns(wait, measure):
    if wait.excluded_reason:
        return False
    return {
        "first": wait.kind == "first" and not wait.is_reopened,
        "first_reopened": wait.kind == "first" and wait.is_reopened,
        "next": wait.kind == "next",
        "from_assignment": wait.end_kind == "answered",
    }.get(measure, True)


def groups_of(wait, group, cohort):
    local = timezone.localtime(wait.opened_at)
    at = wait.opened_at if cohort == "opened" else wait.ended_at
    return {
        "unit": lambda: [wait.unit_at_open_id if cohort == "opened" else wait.unit_at_end_id],
        "operator": lambda: [wait.replier_id or 0],
        "account": lambda: [wait.account_id],
        "channel": lambda: [wait.channel],
        "language": lambda: [wait.language],
        "day": lambda: [timezone.localtime(at).date()],
        "hour": lambda: [local.weekday() * 24 + local.hour],
        "tag": lambda: list(
            ConversationTag.objects.filter(conversation=wait.conversation_id).values_list(
                "tag_id", flat=True
            )
        ),
    }[group]()


def recounted(units, since, until, measure, clock, cohort, group, at):
    """Count every group of a report anew from the tables; groups nobody belongs to are absent."""
    found = {}
    for wait in Wait.objects.all():
        unit = wait.unit_at_open_id if cohort == "opened" else wait.unit_at_end_id
        moment = wait.opened_at if cohort == "opened" else wait.ended_at
        if unit not in units or moment is None or not concerns(wait, measure):
            continue
        if not since <= timezone.localtime(moment).date() <= until:
            continue
        seconds = seconds_of(wait, measure, clock)
        if seconds == "never" or (group == "operator" and seconds is None):
            continue
        for name in groups_of(wait, group, cohort):
            count_in(found.setdefault(name, Count()), wait, seconds, measure, at)
    return {name: count.told() for name, count in found.items()}


def count_in(count, wait, seconds, measure, at):
    if seconds is not None:
        count.seconds.append(seconds)
    elif wait.ended_at is None:
        count.open += 1
    if measure in {"first", "first_reopened", "next", "any"} and wait.due_at:
        in_time = wait.ended_at is not None and wait.ended_at <= wait.due_at
        if in_time and wait.end_kind in {"withdrawn", "merged", "event"}:
            return
        come = wait.ended_at is not None or wait.due_at < at
        count.due += come
        count.met += come and in_time
