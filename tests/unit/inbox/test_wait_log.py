"""The waits of a conversation: the rules one by one, and a slow second opinion on 10,000 histories."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbox.wait_log import (
    Answer,
    Closing,
    EndKind,
    Line,
    Log,
    WaitKind,
    matched,
    waits_of,
)

START = datetime(2026, 11, 25, 9, tzinfo=UTC)


def m(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def line(pk, at, *, seen=None, gone=None) -> Line:
    """Written at a minute, here a second later unless told otherwise."""
    landed = m(seen) if seen is not None else m(at) + timedelta(seconds=1)
    return Line(pk, m(at), landed, m(gone) if gone is not None else None, "removed")


def answer(pk, at, *, by=7, covers=None) -> Answer:
    return Answer(pk, m(at), m(covers if covers is not None else at), by)


def told(log: Log) -> list[tuple[object, ...]]:
    """Each wait as (from minute, to minute, how)."""

    def minute(at):
        return None if at is None else (at - START).total_seconds() / 60

    return [(minute(w.opened_at), minute(w.ended_at), w.end_kind) for w in waits_of(log)]


def test_later_lines_join_the_wait_and_one_answer_ends_it_for_all():
    log = Log([line(1, 0), line(2, 3), line(3, 5)], [answer(4, 8)])
    assert told(log) == [(0, 8, EndKind.ANSWERED)]
    assert waits_of(log)[0].lines == {1, 2, 3}


def test_what_is_written_after_the_answer_is_the_next_wait():
    log = Log([line(1, 0), line(3, 10)], [answer(2, 8)])
    first, second = waits_of(log)
    assert (first.kind, second.kind) == (WaitKind.FIRST, WaitKind.NEXT)
    assert (second.opened_at, second.ended_at) == (m(10), None)


def test_a_line_that_arrives_late_moves_the_customers_clock_and_not_the_desks():
    late = line(2, 0, seen=30)
    (wait,) = waits_of(Log([line(1, 5), late]))
    assert (wait.opened_at, wait.opened_by) == (m(0), 2)
    assert wait.desk_opened_at == m(5) + timedelta(seconds=1)


def test_a_late_line_older_than_the_answer_opens_nothing():
    log = Log([line(1, 5), line(3, 6, seen=30)], [answer(2, 8)])
    assert told(log) == [(5, 8, EndKind.ANSWERED)]


def test_the_second_to_answer_is_counted_and_ends_nothing():
    log = Log([line(1, 0), line(4, 20)], [answer(2, 8, by=7), answer(3, 9, by=8)])
    waits = waits_of(log)
    assert told(log)[0] == (0, 8, EndKind.ANSWERED)
    assert waits[0].answer.replier == 7
    assert [wait.double_answers for wait in waits] == [1, 0]


def test_an_answer_in_two_parts_is_no_double_answer():
    log = Log([line(1, 0)], [answer(2, 8), answer(3, 9)])
    assert waits_of(log)[0].double_answers == 0


def test_without_the_answer_that_was_removed_the_wait_is_as_old_as_ever():
    lines = [line(1, 0), line(3, 10)]
    assert told(Log(lines, [answer(2, 8), answer(4, 12)]))[0] == (0, 8, EndKind.ANSWERED)
    assert told(Log(lines, [answer(4, 12)])) == [(0, 12, EndKind.ANSWERED)]
    assert told(Log(lines)) == [(0, None, None)]


def test_a_resolve_ends_the_wait_with_its_reason_and_the_cycle():
    log = Log([line(1, 0), line(2, 30)], [answer(3, 40)], [Closing(1, m(10), 1, "missed")])
    first, second = waits_of(log)
    assert (first.end_kind, first.end_reason) == (EndKind.CLOSED_NO_REPLY, "missed")
    assert (first.cycle, second.cycle, second.kind) == (1, 2, WaitKind.FIRST)


def test_a_line_the_resolver_had_not_seen_waits_on():
    log = Log([line(1, 0), line(2, 9)], closings=[Closing(1, m(10), 1, "missed")])
    assert told(log) == [(0, 10, EndKind.CLOSED_NO_REPLY), (9, None, None)]


def test_a_customer_who_removes_everything_withdraws():
    log = Log([line(1, 0, gone=5), line(2, 3, gone=6)])
    assert told(log) == [(3, 6, EndKind.WITHDRAWN)]


def test_a_line_removed_beside_another_only_moves_the_beginning():
    assert told(Log([line(1, 0, gone=5), line(2, 3)])) == [(3, None, None)]


def test_who_withdraws_and_writes_again_waits_anew():
    log = Log([line(1, 0, gone=5), line(2, 9)])
    assert told(log) == [(0, 5, EndKind.WITHDRAWN), (9, None, None)]


def test_removing_an_answered_line_changes_nothing():
    log = Log([line(1, 0, gone=20)], [answer(2, 8)])
    assert told(log) == [(0, 8, EndKind.ANSWERED)]


def test_an_answer_is_never_older_than_its_question():
    log = Log([line(1, 5)], [answer(2, 4, covers=5)])
    assert told(log) == [(5, 5, EndKind.ANSWERED)]


def test_rows_follow_their_waits_through_corrections():
    lines = [line(1, 0), line(3, 10)]
    planned = waits_of(Log(lines, [answer(4, 12)]))
    assert matched([(71, 1), (72, 3)], planned) == ({0: [71, 72]}, [])
    assert matched([(71, 99)], planned) == ({}, [71])


# --- A second opinion: one moment after the other, line by line ---
def slowly(log: Log) -> list[tuple[object, ...]]:
    """Walk through every moment at which anything happened and look who stands unanswered then."""
    ends: dict[tuple[object, ...], list[Line]] = {}
    for one in log.lines:
        chances = [(a.covers, 0, a.pk) for a in log.answers if a.covers >= one.at]
        chances += [(c.at, 1, c.pk) for c in log.closings if c.through >= one.pk]
        ends.setdefault(min(chances, default=(None, 2, 0)), []).append(one)
    waits = []
    for (_at, which, pk), lines in ends.items():
        until = next((a.at for a in log.answers if which == 0 and a.pk == pk), None)
        until = until or next((c.at for c in log.closings if which == 1 and c.pk == pk), None)
        waits += _segments(lines, until, which, pk)
    boundaries = sorted(log.closings, key=lambda c: c.at)
    found = []
    for opened_by, opened, desk, ended, which, pk, names in waits:
        cycle = 1
        for closing in boundaries:
            if closing.through < min(names) and (ended is None or closing.at < ended):
                cycle += 1
        found.append((cycle, ended, opened, opened_by, desk, which, pk))
    return sorted(found, key=lambda w: (w[0], w[1] is None, w[1] or START, w[2], w[3]))


def _segments(lines, until, which, pk):
    def stands_to_the_end(one):
        return one.gone_at is None or (until is not None and one.gone_at >= until)

    staying = [one for one in lines if stands_to_the_end(one)]
    leaving = [
        one
        for one in lines
        if not stands_to_the_end(one) and one.gone_at >= max(one.at, one.landed_at)
    ]
    moments = sorted({one.gone_at for one in leaving})
    segments, names = [], set()
    for moment in moments:
        names |= {one.pk for one in leaving if max(one.at, one.landed_at) <= moment}
        still = [
            one for one in leaving if one.gone_at > moment and max(one.at, one.landed_at) <= moment
        ]
        stays = [one for one in staying if max(one.at, one.landed_at) <= moment]
        if still or stays:
            continue
        last = [one for one in leaving if one.gone_at == moment]
        first = min(last, key=lambda one: (one.at, one.pk))
        desk = min(max(one.at, one.landed_at) for one in last)
        mine = names - {name for segment in segments for name in segment[6]}
        segments.append((first.pk, first.at, desk, max(moment, first.at), 3, 0, mine))
    if staying:
        first = min(staying, key=lambda one: (one.at, one.pk))
        desk = min(max(one.at, one.landed_at) for one in staying)
        ended = None if until is None else max(until, first.at)
        mine = names - {name for segment in segments for name in segment[6]}
        segments.append(
            (first.pk, first.at, desk, ended, which, pk, mine | {one.pk for one in staying})
        )
    return segments


ENDS = {0: EndKind.ANSWERED, 1: EndKind.CLOSED_NO_REPLY, 2: None, 3: EndKind.WITHDRAWN}


class Life:
    """A random history, one event after the other, as numbers grow and time goes by."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock, self.pk = 0, 0
        self.lines: list[Line] = []
        self.answers: list[Answer] = []
        self.closings: list[Closing] = []

    def step(self) -> None:
        self.clock += self.random.randint(1, 4)
        getattr(self, self.random.choices(
            ["write", "late", "answer", "outside", "remove", "again", "unsay", "resolve", "undo"],
            [6, 2, 4, 1, 3, 1, 1, 2, 1],
        )[0])()  # fmt: skip

    def write(self, at=None) -> None:
        self.pk += 1
        seconds = timedelta(seconds=self.random.choice([0, 0, 30]))
        self.lines.append(
            Line(self.pk, m(at if at is not None else self.clock), m(self.clock) + seconds)
        )

    def late(self) -> None:
        self.write(self.random.randint(0, self.clock))

    def answer(self, at=None) -> None:
        if not self.lines:
            return
        self.pk += 1
        at = m(self.clock if at is None else at)
        question = self.random.choice(self.lines)
        self.answers.append(
            Answer(self.pk, at, max(at, question.at), self.random.choice([7, 8, None]))
        )

    def outside(self) -> None:
        self.answer(self.random.randint(0, self.clock))

    def _change(self, **given) -> None:
        if self.lines:
            place = self.random.randrange(len(self.lines))
            self.lines[place] = replace(self.lines[place], **given)

    def remove(self) -> None:
        self._change(gone_at=m(self.clock + self.random.randint(0, 4)), gone_why="removed")

    def again(self) -> None:
        self._change(gone_at=None, gone_why="")

    def unsay(self) -> None:
        if self.answers:
            self.answers.pop(self.random.randrange(len(self.answers)))

    def resolve(self) -> None:
        number = len(self.closings) + 1000 + self.clock
        self.closings.append(Closing(number, m(self.clock), self.pk, "missed"))

    def undo(self) -> None:
        if self.closings:
            self.closings.pop()

    @property
    def log(self) -> Log:
        return Log(list(self.lines), list(self.answers), list(self.closings))


def test_ten_thousand_histories_come_to_what_a_slow_reading_finds():
    for seed in range(10_000):
        life = Life(seed)
        for _ in range(life.random.randint(2, 14)):
            life.step()
        log = life.log
        waits = waits_of(log)
        found = [
            (w.cycle, w.ended_at, w.opened_at, w.opened_by, w.desk_opened_at, w.end_kind)
            for w in waits
        ]
        slow = slowly(log)
        assert found == [(*w[:5], ENDS[w[5]]) for w in slow], f"history {seed}"
        assert [w.seq for w in waits] == list(range(1, len(waits) + 1))
        assert sum(w.ended_at is None for w in waits) <= 1
        shuffled = Log(log.lines[::-1], log.answers[::-1], log.closings[::-1])
        assert waits_of(shuffled) == waits


def test_rows_kept_along_the_way_never_lose_a_wait_they_still_have():
    """Whoever follows event by event ends with one row for each wait, as if it had been read at once."""
    for seed in range(500):
        life, rows, numbers = Life(seed), {}, iter(range(1, 10_000))
        for _ in range(12):
            life.step()
            planned = waits_of(life.log)
            kept, _lost = matched(rows.items(), planned)
            rows = {
                (kept[place][0] if place in kept else next(numbers)): wait.opened_by
                for place, wait in enumerate(planned)
            }
            assert len(rows) == len(planned), f"history {seed}"
