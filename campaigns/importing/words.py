"""How the faults and warnings of rows are said. Codes are kept, sentences are made for whoever reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.importing.columns import OF_ACCOUNT, OTHER, account_heading, heading
from campaigns.memorial_days import memorial_day
from guidelines.checks.findings import Finding, Severity
from guidelines.phrases import sentence
from opsconsole.kernel.public_holidays import holidays_of

#: Code -> sentence; placeholders are what the problem was noted with.
SENTENCES: dict[str, Promise] = {
    "missing": _("Nothing is filled in."),
    "example": _("This row is the example. Delete it."),
    "formula": _("This cell holds a formula or an error. Paste its value instead."),
    "state": _("Write “Draft” or “Scheduled”."),
    "long_title": _("A title has at most %(limit)s characters; this one has %(length)s."),
    "long_text": _("A text has at most %(limit)s characters; this one has %(length)s."),
    "unknown_account": _("There is no account “%(name)s”."),
    "several_accounts": _("Several accounts are called “%(name)s”: write one of %(numbers)s."),
    "may_not_post": _("You may not post to “%(name)s”."),
    "words_for_nobody": _("These words are for an account that this row does not name."),
    "zone": _("There is no such time zone. Write it as Asia/Seoul."),
    "date": _("“%(typed)s” cannot be read as a date. Write it as 2026-10-09."),
    "year": _("This year cannot be planned for."),
    "time": _("“%(typed)s” cannot be read as a time. Write it as 14:30."),
    "past": _("This time has passed."),
    "campaign": _("This unit writes posts for no campaign called “%(name)s”."),
    "several_campaigns": _("Several campaigns are called “%(name)s”: write the number, as #12."),
    "no_title": _("A blog article needs a title."),
    "same_text": _("%(name)s says exactly this within 24 hours already."),
    "same_as_row": _("%(name)s would say exactly what row %(row)s says, within 24 hours."),
    "broken": _("Something went wrong. Try it again."),
    "no_access": _("Whoever asked for this has no access any more."),
    "silent": _("“%(name)s” is paused or needs reconnecting: nothing is sent from it now."),
    "unused_words": _("This row names no account on this channel; the words stay unused."),
    "skipped": _("On this day clocks skip this time; it moves forward by an hour."),
    "duplicate_row": _("Row %(row)s says the same on %(name)s."),
    "alike_row": _("Row %(row)s says nearly the same on %(name)s within three days."),
    "minute_row": _("Row %(row)s goes out on %(name)s in the same minute."),
    "duplicate_post": _("Post %(post)s says the same on %(name)s within three days."),
    "alike_post": _("Post %(post)s says nearly the same on %(name)s within three days."),
    "minute_post": _("Post %(post)s goes out on %(name)s in the same minute."),
    "holiday": _("Public holiday: %(day)s"),
    "memorial": _("Memorial day: %(day)s"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A problem as it is shown: the column it is about, a sentence, and the post it points to."""

    code: str
    column: str
    sentence: str
    post: int | None = None


def say(problems: Iterable[Mapping[str, Any]]) -> list[Said]:
    """Say problems in the reader's language. The same sentence about the same column is said once."""
    said = {
        (column, words): Said(one["code"], column, words, one["params"].get("post"))
        for one in problems
        for column, words in [(column_name(one["column"]), _sentence(one))]
    }
    return list(said.values())


def column_name(key: str) -> str:
    """Return what a column is called in the reader's language; empty for a row as a whole."""
    language = get_language() or "ko"
    if key.startswith(OF_ACCOUNT):
        return account_heading(key.removeprefix(OF_ACCOUNT), language)
    if key.startswith(OTHER):
        return key.removeprefix(OTHER)
    return heading(key, language) if key else ""


def _sentence(problem: Mapping[str, Any]) -> str:
    code, params = problem["code"], dict(problem["params"])
    if code == "refused":
        return str(params["words"])
    if code == "finding":
        found = Finding(params["finding"], Severity.BLOCKER, params)
        return f"{params['name']}: {sentence(found)}"
    if code in {"holiday", "memorial"}:
        params["day"] = _day_name(code, date.fromisoformat(params["day"]))
    return str(SENTENCES[code]) % params


def _day_name(code: str, day: date) -> str:
    language = get_language() or "ko"
    if code == "memorial":
        return memorial_day(day, language)
    return holidays_of("KR", day.year, language).get(day, "")
