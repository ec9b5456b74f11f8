"""The watch in the text format of Prometheus. No queries."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from channels.lifecycle import AlarmKind
from channels.models import Alarm
from channels.selectors.watch import Watch

Sample = tuple[str, float | None]


def exposition(watch: Watch, alarms: Iterable[Alarm]) -> str:
    """Return every figure with its help; what is not known is left out."""
    lines: list[str] = []
    for name, told, samples in _families(watch, {alarm.kind for alarm in alarms}):
        lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
        lines += [f"{name}{labels} {value:g}" for labels, value in samples if value is not None]
    return "\n".join(lines) + "\n"


def _families(watch: Watch, open_kinds: set[str]) -> Iterator[tuple[str, str, list[Sample]]]:
    lag, at = watch.lag, watch.at
    yield (
        "opsconsole_beat_age_seconds",
        "Seconds since the beat was heard.",
        [("", _age(watch.beat.heard_at, at))],
    )
    yield (
        "opsconsole_dispatcher_age_seconds",
        "Seconds since the dispatcher last looked for work.",
        [("", _age(watch.dispatcher.heard_at, at))],
    )
    yield (
        "opsconsole_oldest_due_seconds",
        "Seconds that the oldest due delivery has been due.",
        [("", watch.late_by)],
    )
    yield "opsconsole_send_lag_seconds", "Lateness of first create calls in the last hour.", [
        ('{quantile="0.5"}', lag.p50), ('{quantile="0.99"}', lag.p99), ('{quantile="1"}', lag.longest),
    ]  # fmt: skip
    yield "opsconsole_first_calls", "First create calls in the last hour.", [("", lag.count)]
    yield (
        "opsconsole_deliveries",
        "Deliveries that are not settled, by lane and state.",
        [
            (f'{{lane="{lane.priority}",state="{state}"}}', getattr(lane, state))
            for lane in watch.lanes
            for state in ("due", "later", "in_hand", "unclear", "held")
        ],
    )
    yield (
        "opsconsole_deliveries_next_hour",
        "Deliveries planned for the next hour.",
        [("", watch.planned)],
    )
    yield (
        "opsconsole_deliveries_to_review",
        "Deliveries that became due under a hold.",
        [("", watch.to_review)],
    )
    yield (
        "opsconsole_posts_missed",
        "Posts by account that did not leave at their time and wait for somebody.",
        [("", watch.missed)],
    )
    yield (
        "opsconsole_deliveries_to_decide",
        "Deliveries of unclear fate that need a person.",
        [("", watch.undecided)],
    )
    codes = Counter(row.health.code for row in watch.silent)
    yield (
        "opsconsole_accounts_unwell",
        "Accounts that cannot speak as they should, by reason.",
        [(f'{{reason="{code}"}}', count) for code, count in sorted(codes.items())],
    )
    yield (
        "opsconsole_account_unwell",
        "The same by account: 1 while it lasts.",
        [
            (f'{{account="{row.account.pk}",reason="{row.health.code}"}}', 1)
            for row in watch.silent
        ],
    )
    yield "opsconsole_holds_in_force", "Holds in force.", [("", len(watch.holds))]
    yield (
        "opsconsole_alarm",
        "1 while something is wrong with the sending as a whole.",
        [(f'{{kind="{kind}"}}', kind in open_kinds) for kind in AlarmKind],
    )


def _age(heard: datetime | None, at: datetime) -> float | None:
    return None if heard is None else max(0.0, (at - heard).total_seconds())
