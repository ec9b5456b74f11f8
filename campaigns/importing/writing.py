"""Files of posts as people get them: the empty one to fill in, the posts of a list, rows to be mended."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from campaigns.calendar import wall_time
from campaigns.importing.columns import (
    EXAMPLE,
    FAULTS,
    FOR_READERS,
    OF_ACCOUNT,
    OTHER,
    OWN_TEXT,
    Column,
    account_heading,
    heading,
)
from campaigns.importing.moments import SEOUL, STATE_WORDS
from campaigns.importing.rows import Account, Known
from campaigns.importing.words import say
from campaigns.importing.workbooks import Sheet
from campaigns.models import Import, ImportRow, Post, PostTarget

C = Column
#: How wide columns are, in characters; others are narrow.
_WIDTHS: dict[str, int] = {
    str(C.TEXT): 60, str(C.TITLE): 28, str(C.ACCOUNTS): 28, str(C.CAMPAIGN): 20,
    **{str(column): 40 for column in OWN_TEXT.values()},
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
    """Return the sheet to fill in, and one with the accounts and campaigns that may be named."""
    head, example = template_rows(known, language)
    accounts = [one for one in known.accounts if one.may]
    rows: list[list[str]] = [[_("Account"), reference(one, known), one.kind] for one in accounts]
    rows += [[_("Campaign"), campaign_reference(pk, known), ""] for pk, _name in known.campaigns]
    rows += [
        [_("State"), STATE_WORDS[state].get(language, state), ""]
        for state in ("draft", "scheduled")
    ]
    choices = Sheet(
        _("To choose from"), [_("Column"), _("Write"), _("Channel")], rows, [14, 40, 12]
    )
    return [Sheet(_("Posts"), head, [example], widths(list(Column))), choices]


def widths(keys: Iterable[str]) -> list[int]:
    """Return how wide columns are, by their keys."""
    return [_WIDTHS.get(key, 40 if key.startswith(OF_ACCOUNT) else 14) for key in keys]


def reference(account: Account, known: Known) -> str:
    """Return by which word an account is found again: its name where that is enough, else its number."""
    for name in (account.name, f"@{account.handle.removeprefix('@')}" if account.handle else ""):
        is_plain = name and not set(name) & set("\n;,、，；#")
        if is_plain and known.named(name) == [account]:
            return name
    return f"#{account.pk}"


def campaign_reference(pk: int, known: Known) -> str:
    """Return by which word a campaign is found again: its name where that is enough, else its number."""
    name = next((name for number, name in known.campaigns if number == pk), "")
    return name if name and known.campaigns_named(name) == [pk] else f"#{pk}"


@dataclass(frozen=True, slots=True)
class PostTable:
    """Posts as rows that can be imported again. `apart` are accounts whose words need columns of their own."""

    known: Known
    apart: Sequence[int]
    language: str

    @property
    def keys(self) -> list[str]:
        """The keys of the columns."""
        return [*map(str, Column), *(f"{OF_ACCOUNT}{self._name(pk)}" for pk in self.apart)]

    @property
    def headings(self) -> list[str]:
        """The headings, in the reader's language."""
        own = [account_heading(self._name(pk), self.language) for pk in self.apart]
        names = [heading(column, self.language) for column in Column]
        return [*names, *own, *FOR_READERS.get(self.language, FOR_READERS["en"])]

    def _name(self, pk: int) -> str:
        found = [one for one in self.known.accounts if one.pk == pk]
        return reference(found[0], self.known) if found else f"#{pk}"

    def row(self, post: Post) -> list[str]:
        """Return the cells of a post whose unit, targets and accounts are loaded."""
        day, clock = _moment(post)
        targets = list(post.targets.all())
        words, own = self._words(targets)
        cells: dict[str, str] = {
            C.TITLE: post.title, C.TEXT: post.body, C.DATE: day, C.TIME: clock,
            C.ZONE: post.time_zone, C.STATE: STATE_WORDS[post.state].get(self.language, post.state),
            C.ACCOUNTS: "; ".join(self._name(target.account_id) for target in targets),
            C.CAMPAIGN: campaign_reference(post.campaign_id, self.known) if post.campaign_id else "",
            **words,
        }  # fmt: skip
        apart = [own.get(pk, "") for pk in self.apart]
        return [
            *(cells.get(column, "") for column in Column),
            *apart,
            post.unit.name,
            str(post.pk),
        ]

    def _words(self, targets: Sequence[PostTarget]) -> tuple[dict[str, str], dict[int, str]]:
        """Part own words into those of whole channels and those of single accounts."""
        by_channel: dict[str, str] = {}
        single: dict[int, str] = {}
        for kind, column in OWN_TEXT.items():
            here = [target for target in targets if target.account.kind == kind]
            if len({target.text for target in here}) == 1:
                by_channel[column] = here[0].text
            else:
                single |= {target.account_id: target.text for target in here if target.text}
        return by_channel, single


def _moment(post: Post) -> tuple[str, str]:
    if post.local_time:
        local = datetime.fromisoformat(post.local_time)
    elif post.publish_at:
        local = wall_time(post.publish_at, post.time_zone)
    else:
        return "", ""
    return local.date().isoformat(), local.time().isoformat(timespec="seconds")


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
