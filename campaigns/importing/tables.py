"""Posts of a list as rows of a file that can be imported again as the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.calendar import wall_time
from campaigns.importing.cells import MARKS, lateness_cell, parts_cell, yes_word
from campaigns.importing.columns import (
    FOR_CHANNEL,
    FOR_READERS,
    Aspect,
    Column,
    account_heading,
    heading,
)
from campaigns.importing.known import Account, Known
from campaigns.importing.moments import STATE_WORDS
from campaigns.importing.writing import campaign_reference, category_reference, reference
from campaigns.models import Post, PostImage, PostTarget

C, A = Column, Aspect


@dataclass(frozen=True, slots=True)
class PostTable:
    """Posts as rows that can be imported again.

    `apart` are the accounts that need columns of their own, by what they have differently.
    """

    known: Known
    apart: Mapping[str, Sequence[int]]
    language: str

    @property
    def keys(self) -> list[str]:
        """The keys of the columns."""
        return [*map(str, Column), *(f"{aspect}{self._name(pk)}" for aspect, pk in self._own)]

    @property
    def headings(self) -> list[str]:
        """The headings, in the reader's language."""
        own = [account_heading(key, self.language) for key in self.keys[len(Column) :]]
        names = [heading(column, self.language) for column in Column]
        return [*names, *own, *FOR_READERS.get(self.language, FOR_READERS["en"])]

    @property
    def _own(self) -> list[tuple[Aspect, int]]:
        """What stands in columns for one account alone."""
        return [(aspect, pk) for aspect in Aspect for pk in self.apart[aspect.name.lower()]]

    def _account(self, pk: int) -> Account | None:
        return next((one for one in self.known.accounts if one.pk == pk), None)

    def _name(self, pk: int) -> str:
        found = self._account(pk)
        return reference(found, self.known) if found else f"#{pk}"

    def row(self, post: Post) -> list[str]:
        """Return the cells of a post that is loaded with everything."""
        day, clock = _moment(post)
        targets = sorted(post.targets.all(), key=lambda target: target.account_id)
        images = list(post.images.all())
        common, own = self._placings(targets)
        cells: dict[str, str] = {
            C.TITLE: post.title, C.TEXT: post.body, C.DATE: day, C.TIME: clock,
            C.ZONE: post.time_zone, C.STATE: STATE_WORDS[post.state].get(self.language, post.state),
            C.ACCOUNTS: "; ".join(self._name(target.account_id) for target in targets),
            C.CAMPAIGN: campaign_reference(post.campaign_id, self.known) if post.campaign_id else "",
            C.IMAGES: "\n".join(map(_image_word, images)),
            C.ALT_TEXTS: "\n".join(row.alt_text for row in images).rstrip("\n"),
            C.LEFT_OUT: self._left_out(targets, {row.image_id for row in images}),
            C.ANNOUNCED: yes_word(post.is_announced, self.language), C.LINK_TAG: post.link_tag,
            C.LATENESS: lateness_cell(post.lateness, self.language),
            **common,
        }  # fmt: skip
        apart = [own.get(one, "") for one in self._own]
        return [
            *(cells.get(column, "") for column in Column),
            *apart,
            post.unit.name,
            str(post.pk),
        ]

    def _placings(
        self, targets: Sequence[PostTarget]
    ) -> tuple[dict[str, str], dict[tuple[Aspect, int], str]]:
        """Part what is set for accounts into what whole channels have and what single accounts have."""
        common: dict[str, str] = {}
        own: dict[tuple[Aspect, int], str] = {}
        for aspect, channels in FOR_CHANNEL.items():
            for kind, column in channels.items():
                here = [target for target in targets if target.account.kind == kind]
                said = {target.account_id: self._cell(aspect, target, here) for target in here}
                if len(set(said.values())) == 1:
                    common[column] = next(iter(said.values()))
                else:
                    own |= {(aspect, pk): cell for pk, cell in said.items()}
        return common, own

    def _cell(self, aspect: Aspect, target: PostTarget, here: Sequence[PostTarget]) -> str:
        if aspect == A.TEXT:
            return target.text
        if aspect == A.PARTS:
            return parts_cell(part.text for part in target.parts.all())
        if aspect == A.EXCERPT:
            return target.excerpt
        return "; ".join(self._category(number, target, here) for number in target.categories)

    def _category(self, number: int, target: PostTarget, here: Sequence[PostTarget]) -> str:
        """Blogs that have the same numbers share a column: a name must mean that number on each of them."""
        same = [one for one in here if one.categories == target.categories]
        found = [self._account(one.account_id) for one in same]
        words = {category_reference(number, one) if one else f"#{number}" for one in found}
        return words.pop() if len(words) == 1 else f"#{number}"

    def _left_out(self, targets: Sequence[PostTarget], shown: set[int]) -> str:
        numbers = {
            target.account_id: [f"#{pk}" for pk in target.left_out if pk in shown]
            for target in targets
        }
        lines = [f"{self._name(pk)}: {'; '.join(of)}" for pk, of in numbers.items() if of]
        return "\n".join(lines)


def _image_word(row: PostImage) -> str:
    """Name a picture by its number, which is exact, and by its name, for people."""
    name = " ".join(row.image.name.split())
    return f"#{row.image_id}" if set(name) & set(MARKS) else f"#{row.image_id} {name}"


def _moment(post: Post) -> tuple[str, str]:
    if post.local_time:
        local = datetime.fromisoformat(post.local_time)
    elif post.publish_at:
        local = wall_time(post.publish_at, post.time_zone)
    else:
        return "", ""
    return local.date().isoformat(), local.time().isoformat(timespec="seconds")
