"""How the faults and warnings of rows are said. Codes are kept, sentences are made for whoever reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.importing.columns import OTHER, account_heading, aspect_of, heading
from campaigns.memorial_days import memorial_day
from guidelines.checks.findings import Finding, Severity
from guidelines.phrases import sentence
from opsconsole.kernel.public_holidays import holidays_of

#: What the rules of the form say about pictures.
PICTURES: dict[str, Promise] = {
    "too_many_pictures": _(
        "%(account)s takes at most %(most)s images. Leave the others out there."
    ),
    "gif_alone": _("%(account)s shows a GIF only by itself."),
    "media_type": _("%(account)s does not take files like “%(name)s”."),
    "media_size": _("“%(name)s” is too large for %(account)s: at most %(mb)s MB."),
    "alt_missing": _("Say what “%(name)s” shows."),
    "ratio": _("“%(name)s” will be cut in the timeline: it is very long."),
    "small": _("“%(name)s” is very small and may look blurred."),
    "rights_ended": _("Our rights to “%(name)s” have ended by then."),
}
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
    "alike": _("X does not allow the same words from several accounts: %(names)s."),
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
    "nothing_follows": _("Nothing can follow an article: “%(name)s” is a blog."),
    "many_parts": _("At most %(limit)s texts may follow; these are %(count)s."),
    "no_article": _("Only an article has a summary: “%(name)s” is no blog."),
    "long_excerpt": _("A summary has at most %(limit)s characters; this one has %(length)s."),
    "unknown_category": _("“%(account)s” has no category “%(name)s”."),
    "several_categories": _("Several categories are called “%(name)s”: write one of %(numbers)s."),
    "unknown_image": _("There is no image “%(name)s” in the library."),
    "several_images": _("Several images are called “%(name)s”: write one of %(numbers)s."),
    "archived_image": _("The image “%(name)s” is archived."),
    "many_images": _("A post has at most %(limit)s images; these are %(count)s."),
    "many_names": _("A cell holds at most %(limit)s names; this one has %(count)s."),
    "image_twice": _("An image stands there twice."),
    "many_descriptions": _("There are %(count)s lines of descriptions and %(limit)s images."),
    "left_out": _(
        "“%(typed)s” cannot be read. Write “account: image; image”, one account to a line."
    ),
    "not_of_this_post": _("The image “%(name)s” is not among the images of this row."),
    "yes_or_no": _("Write “Yes” or “No”."),
    "nothing_announced": _(
        "Nothing is announced: this row needs a blog and another account for that."
    ),
    "lateness": _(
        "Write a number of minutes up to 1,440, “Ask a person” or “Do not send it late”."
    ),
    **PICTURES,
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
    if aspect_of(key)[0]:
        return account_heading(key, language)
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
