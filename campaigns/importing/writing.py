"""Files of posts as people get them: the empty one to fill in, and rows to be mended."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from campaigns.calendar import wall_time
from campaigns.importing.cells import MARKS
from campaigns.importing.columns import (
    EXAMPLE,
    FAULTS,
    FOR_CHANNEL,
    OTHER,
    Column,
    aspect_of,
    heading,
)
from campaigns.importing.help import HELP
from campaigns.importing.known import Account, Known
from campaigns.importing.moments import SEOUL, STATE_WORDS
from campaigns.importing.words import say
from campaigns.importing.workbooks import Sheet
from campaigns.models import Import, ImportRow

C = Column
#: How wide columns are, in characters; others are narrow.
_WIDTHS: dict[str, int] = {
    str(C.TEXT): 60, str(C.TITLE): 28, str(C.ACCOUNTS): 28, str(C.CAMPAIGN): 20,
    **{str(column): 40 for of in FOR_CHANNEL.values() for column in of.values()},
    str(C.IMAGES): 28, str(C.ALT_TEXTS): 40, str(C.LEFT_OUT): 28, str(C.CATEGORIES): 20,
}  # fmt: skip


def template_rows(known: Known, language: str) -> list[list[str]]:
    """Return the headings and one row that shows how they are meant."""
    day = (wall_time(known.at, SEOUL) + timedelta(days=7)).date().isoformat()
    names = [reference(one, known) for one in known.accounts if one.may][:2]
    filled: dict[str, str] = {
        C.TITLE: _("Title of a blog article"), C.TEXT: EXAMPLE.get(language, EXAMPLE["en"]),
        C.ACCOUNTS: "; ".join(names), C.DATE: day, C.TIME: "14:30", C.ZONE: SEOUL,
        C.STATE: STATE_WORDS["draft"].get(language, "Draft"),
        C.X_TEXT: _("Only where X shall say something else"),
    }  # fmt: skip
    return [
        [heading(column, language) for column in Column],
        [filled.get(column, "") for column in Column],
    ]


def template_sheets(known: Known, language: str) -> list[Sheet]:
    """Return the sheet to fill in, one that says what its columns hold, and one with what may be named."""
    head, example = template_rows(known, language)
    accounts = [one for one in known.accounts if one.may]
    rows: list[list[str]] = [[_("Account"), reference(one, known), one.kind] for one in accounts]
    rows += [
        [_("Category"), category_reference(row["number"], one), one.name]
        for one in accounts for row in one.row.categories
    ]  # fmt: skip
    rows += [[_("Campaign"), campaign_reference(pk, known), ""] for pk, _name in known.campaigns]
    rows += [
        [_("State"), STATE_WORDS[state].get(language, state), ""]
        for state in ("draft", "scheduled")
    ]
    choices = Sheet(
        _("To choose from"), [_("Column"), _("Write"), _("Channel")], rows, [14, 40, 12]
    )
    columns = [[heading(column, language), str(HELP[column])] for column in Column]
    helped = Sheet(_("What the columns hold"), [_("Column"), _("Holds")], columns, [22, 100])
    return [Sheet(_("Posts"), head, [example], widths(list(Column))), helped, choices]


def widths(keys: Iterable[str]) -> list[int]:
    """Return how wide columns are, by their keys."""
    return [_WIDTHS.get(key, 40 if aspect_of(key)[0] else 14) for key in keys]


def reference(account: Account, known: Known) -> str:
    """Return by which word an account is found again: its name where that is enough, else its number."""
    for name in (account.name, f"@{account.handle.removeprefix('@')}" if account.handle else ""):
        is_plain = name and not set(name) & set(f"{MARKS}#")
        if is_plain and known.named(name) == [account]:
            return name
    return f"#{account.pk}"


def category_reference(number: int, account: Account) -> str:
    """Return by which word a category of a blog is found again: its name where that is enough, else its number."""
    name = next((row["name"] for row in account.row.categories if row["number"] == number), "")
    is_plain = name and not set(name) & set(f"{MARKS}#") and name == name.strip()
    return name if is_plain and account.categories_named(name) == [number] else f"#{number}"


def campaign_reference(pk: int, known: Known) -> str:
    """Return by which word a campaign is found again: its name where that is enough, else its number."""
    name = next((name for number, name in known.campaigns if number == pk), "")
    return name if name and known.campaigns_named(name) == [pk] else f"#{pk}"


def mend_table(
    upload: Import, rows: Iterable[ImportRow], language: str
) -> tuple[list[str], list[str], Iterator[list[str]]]:
    """Return keys, headings and rows of what was faulty, as typed, with a column that says why."""
    keys = [key for key, _name in upload.headings]
    names = [name for _key, name in upload.headings]
    fault = FAULTS.get(language, FAULTS["en"])

    def cells() -> Iterator[list[str]]:
        for row in rows:
            said = [
                f"{one.column}: {one.sentence}" if one.column else one.sentence
                for one in say(row.faults)
            ]
            yield [*(row.cells.get(key, "") for key in keys), "\n".join(said)]

    return [*keys, OTHER], [*names, fault], cells()
