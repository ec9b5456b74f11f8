"""Calendar files: escaped, folded, and read back by a reader written from the standard."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns.ical import Event, calendar_file, escaped, folded

AT = datetime(2027, 3, 1, 6, 0, 11, tzinfo=UTC)


def event(**given):
    defaults = {
        "uid": "post-1@console", "at": AT, "lasts": timedelta(minutes=15), "summary": "S",
        "description": "D", "url": "https://console/posts/1/", "sequence": 3, "changed_at": AT,
    }  # fmt: skip
    return Event(**(defaults | given))


def unfolded(octets):
    return re.sub(rb"\r\n[ \t]", b"", octets).decode().split("\r\n")


def read(value):
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_a_calendar_is_whole():
    lines = unfolded(calendar_file("게시물; 전부", [event()], AT))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "X-WR-CALNAME:게시물\\; 전부" in lines
    assert "DTSTART:20270301T060011Z" in lines
    assert "DTEND:20270301T061511Z" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1


@given(st.text(max_size=300))
def test_any_text_comes_back(text):
    octets = calendar_file("x", [event(summary=text)], AT)
    (line,) = [row for row in unfolded(octets) if row.startswith("SUMMARY:")]
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    kept = "".join(
        char for char in plain if char in "\n\t" or (ord(char) >= 32 and ord(char) != 127)
    )
    assert read(line.removeprefix("SUMMARY:")) == kept


@given(st.text(alphabet="ab가힣👨‍👩‍👧,;", max_size=400))
def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut(text):
    octets = folded(escaped(text))
    for line in octets.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_nobody_writes_a_line_of_their_own():
    lines = unfolded(
        calendar_file("x", [event(summary="a\r\nEND:VEVENT\u2028b", url="h\r\nX:1")], AT)
    )
    assert lines.count("END:VEVENT") == 1
    assert "X:1" not in lines
