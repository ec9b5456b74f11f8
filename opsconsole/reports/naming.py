"""Groups of a report under their names: units, people, accounts, tags, languages, days, hours."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inbox.languages import language_name
from inbox.models import SlaPolicy, Tag
from opsconsole.people.models import User
from opsconsole.reports.columns import from_word
from opsconsole.reports.lifecycle import Grouping
from opsconsole.reports.measures import Figures
from opsconsole.reports.shelf import FIRST_DAY
from opsconsole.reports.times import Report, channels_of


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a report: whose figures, and the parameters by which an address asks for these rows alone."""

    label: str
    subject: Any
    figures: Figures
    asked: dict[str, str]

    @property
    def behind(self) -> str:
        """The same as they stand in an address."""
        return urlencode({"period": "days"} | self.asked)


def named(report: Report, grouping: str) -> list[Group]:
    """Return the groups of a report under their names, most rows first; days and hours in their order."""
    found = report.by(grouping)
    name = _NAMERS[Grouping(grouping)](report, found)
    rows = []
    for code, figures in found.items():
        label, subject, filters = name(code)
        asked = report.wanted.query | {key: str(value) for key, value in filters.items()}
        rows.append(Group(label, subject, figures, asked))
    if grouping in {Grouping.DAY, Grouping.HOUR}:
        return rows
    return sorted(rows, key=lambda row: (-row.figures.spread.count, row.label))


Namer = Callable[[int], tuple[str, Any, dict[str, Any]]]


def _by_unit(report: Report, _codes: Iterable[int]) -> Namer:
    units = {unit.pk: unit for unit in report.units}
    return lambda pk: (str(units[pk]), units[pk], {"unit": pk})


def _by_person(_report: Report, codes: Iterable[int]) -> Namer:
    people = User.objects.in_bulk([pk for pk in codes if pk])

    def name(pk: int) -> tuple[str, Any, dict[str, Any]]:
        person = people.get(pk)
        label = str(person) if person else _("On the platform itself")
        return label, person, {"operator": pk}

    return name


def _by_account(report: Report, _codes: Iterable[int]) -> Namer:
    def name(pk: int) -> tuple[str, Any, dict[str, Any]]:
        account = report.accounts.get(pk)
        return (account.name if account else _("A deleted account")), account, {"account": pk}

    return name


def _by_channel(report: Report, _codes: Iterable[int]) -> Namer:
    kinds = ["", *channels_of(report.accounts)]
    return lambda place: (kinds[place], kinds[place], {"channel": kinds[place]})


def _by_tag(_report: Report, codes: Iterable[int]) -> Namer:
    tags = Tag.objects.in_bulk(list(codes))

    def name(pk: int) -> tuple[str, Any, dict[str, Any]]:
        tag = tags.get(pk)
        return (tag.name if tag else _("A deleted tag")), tag, {"tag": pk}

    return name


def _by_language(_report: Report, _codes: Iterable[int]) -> Namer:
    def name(code: int) -> tuple[str, Any, dict[str, Any]]:
        word = from_word(code)
        return (language_name(word) if word else _("Not known")), word, {"language": word}

    return name


def _by_level(_report: Report, codes: Iterable[int]) -> Namer:
    levels = SlaPolicy.objects.in_bulk([pk for pk in codes if pk])

    def name(pk: int) -> tuple[str, Any, dict[str, Any]]:
        level = levels.get(pk)
        return (level.name if level else _("No service level")), level, {"level": pk}

    return name


def _by_day(_report: Report, _codes: Iterable[int]) -> Namer:
    def name(number: int) -> tuple[str, Any, dict[str, Any]]:
        day = FIRST_DAY + timedelta(days=number)
        one = {"since": day.isoformat(), "until": day.isoformat()}
        return f"{date_format(day, 'MONTH_DAY_FORMAT')} ({date_format(day, 'D')})", day, one

    return name


def _by_hour(_report: Report, _codes: Iterable[int]) -> Namer:
    def name(hour: int) -> tuple[str, Any, dict[str, Any]]:
        return f"{WEEKDAYS_ABBR[hour // 24]} {hour % 24:02}:00", hour, {"hour": hour}

    return name


_NAMERS: dict[Grouping, Callable[[Report, Iterable[int]], Namer]] = {
    Grouping.UNIT: _by_unit,
    Grouping.OPERATOR: _by_person,
    Grouping.ACCOUNT: _by_account,
    Grouping.CHANNEL: _by_channel,
    Grouping.TAG: _by_tag,
    Grouping.LANGUAGE: _by_language,
    Grouping.DAY: _by_day,
    Grouping.HOUR: _by_hour,
    Grouping.LEVEL: _by_level,
}
