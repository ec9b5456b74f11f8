"""The countdown that a script keeps true says what the server says, tick by tick."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.utils.translation import override

from inbox.templatetags.clocks import due_age, left

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
#: Seconds that are left, or over.
SECONDS = [30, 61, 899, 901, 3599, 3600, 4800, 86_399, 90_000, 200_000, -30, -61, -4_000, -100_000]


def test_the_countdown_says_what_the_server_says(screen_of):
    page = screen_of("emma", "/")
    shown = page.evaluate(
        """async ([at, dues, since]) => {
          const { tick } = await import("/static/opsconsole/js/times.js");
          Date.now = () => at;
          const box = document.createElement("div");
          for (const due of dues) {
            const time = document.createElement("time");
            time.dateTime = due;
            time.dataset.due = "";
            time.dataset.since = since;
            box.append(time);
          }
          tick(box);
          return [...box.children].map((time) => [time.textContent, time.dataset.age]);
        }""",
        [
            AT.timestamp() * 1000,
            [(AT + timedelta(seconds=seconds)).isoformat() for seconds in SECONDS],
            (AT - timedelta(hours=1)).isoformat(),
        ],
    )
    with time_machine.travel(AT, tick=False), override("en"):
        dues = [AT + timedelta(seconds=seconds) for seconds in SECONDS]
        said = [[left(due), due_age(due, AT - timedelta(hours=1))] for due in dues]
    assert shown == said
