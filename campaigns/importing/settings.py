"""From the cells of a row to what is set beside words, places and time: pictures, threads, articles, links, lateness.

Reads no tables.
"""

from collections.abc import Callable, Iterable, Mapping

from campaigns.actions.picturing import LONGEST_DESCRIPTION, MOST_PICTURES
from campaigns.actions.placing import LONGEST_EXCERPT, MOST_PARTS
from campaigns.contents import Picked
from campaigns.importing.cells import parts_in, read_lateness, read_yes
from campaigns.importing.columns import Aspect, Column
from campaigns.importing.known import Account, Known
from campaigns.importing.rows import (
    LONGEST_TEXT,
    MOST_NAMES,
    Reading,
    cells_for,
    check_day,
    check_goings,
    read_with,
    take_accounts,
    take_campaign,
    take_names,
    take_state,
    take_texts,
    take_time,
    take_wording,
    text_of,
)
from channels.registry import capabilities_for
from channels.types import Threading

C, A = Column, Aspect
LONGEST_TAG = 60


def read_row(cells: Mapping[str, str], formulas: Iterable[str], known: Known) -> Reading:
    """Read one row: cells by the key of their column."""
    steps = (
        take_state, take_texts, take_accounts, take_wording, take_time, take_campaign, _take_parts,
        _take_excerpts, _take_categories, _take_images, _take_left_out, _take_settings,
        check_goings, check_day,
    )  # fmt: skip
    return read_with(steps, cells, formulas, known)


def _take_parts(row: Reading, known: Known) -> None:
    for account, column, cell in cells_for(row, known, A.PARTS):
        parts = parts_in(text_of(cell))
        row.parts[account.pk], row.sources[A.PARTS, account.pk] = parts, column
        if capabilities_for(account.kind).threading == Threading.NONE:
            row.fault(column, "nothing_follows", name=account.name)
        if len(parts) > MOST_PARTS:
            row.fault(column, "many_parts", count=len(parts), limit=MOST_PARTS)
        longest = max(map(len, parts), default=0)
        if longest > LONGEST_TEXT:
            row.fault(column, "long_text", length=longest, limit=LONGEST_TEXT)


def _take_excerpts(row: Reading, known: Known) -> None:
    for account, column, cell in cells_for(row, known, A.EXCERPT):
        excerpt = text_of(cell).strip()
        row.excerpts[account.pk] = excerpt
        if not capabilities_for(account.kind).has_categories:
            row.fault(column, "no_article", name=account.name)
        if len(excerpt) > LONGEST_EXCERPT:
            row.fault(column, "long_excerpt", length=len(excerpt), limit=LONGEST_EXCERPT)


def _take_categories(row: Reading, known: Known) -> None:
    for account, column, cell in cells_for(row, known, A.CATEGORIES):
        names = take_names(row, column, cell, _knows_category(account))
        numbers = {number for name in names for number in _category(row, account, column, name)}
        row.categories[account.pk] = sorted(numbers)


def _knows_category(account: Account) -> Callable[[str], bool]:
    return lambda name: bool(account.categories_named(name))


def _category(row: Reading, account: Account, column: str, name: str) -> list[int]:
    found = account.categories_named(name)
    if not found:
        row.fault(column, "unknown_category", name=name[:120], account=account.name)
    if len(found) > 1:
        numbers = ", ".join(f"#{number}" for number in found[:5])
        row.fault(column, "several_categories", name=name[:120], numbers=numbers)
    return found[:1]


def _take_images(row: Reading, known: Known) -> None:
    """Take pictures in their order, each with the line of descriptions at its place."""
    cell = row.cells.get(C.IMAGES, "")
    names = take_names(row, C.IMAGES, cell, lambda name: bool(known.images_named(name)))
    lines = row.cells.get(C.ALT_TEXTS, "").rstrip().splitlines()
    words = [" ".join(text_of(line).split()) for line in lines]
    chosen = [pk for name in names for pk in _image(row, known, C.IMAGES, name)]
    if len(words) > len(names):
        row.fault(C.ALT_TEXTS, "many_descriptions", count=len(words), limit=len(names))
    if len(names) > MOST_PICTURES:
        row.fault(C.IMAGES, "many_images", count=len(names), limit=MOST_PICTURES)
    if len(set(chosen)) < len(chosen):
        row.fault(C.IMAGES, "image_twice")
    for text in words:
        if len(text) > LONGEST_DESCRIPTION:
            row.fault(C.ALT_TEXTS, "long_text", length=len(text), limit=LONGEST_DESCRIPTION)
    if len(chosen) == len(names):
        words += [""] * (len(chosen) - len(words))
        row.images = [Picked(pk, text) for pk, text in zip(chosen, words, strict=False)]


def _image(row: Reading, known: Known, column: str, name: str) -> list[int]:
    found = known.images_named(name)
    if not found:
        row.fault(column, "unknown_image", name=name[:120])
    elif len(found) > 1:
        numbers = ", ".join(f"#{pk}" for pk in found[:5])
        row.fault(column, "several_images", name=name[:120], numbers=numbers)
    elif known.images[found[0]].archived_at is not None:
        row.fault(column, "archived_image", name=name[:120])
    return found[:1]


def _take_left_out(row: Reading, known: Known) -> None:
    """Take lines such as "account: image; image"."""
    lines = [line for line in row.cells.get(C.LEFT_OUT, "").splitlines() if line.strip()]
    if len(lines) > MOST_NAMES:
        row.fault(C.LEFT_OUT, "many_names", count=len(lines), limit=MOST_NAMES)
    for line in lines[:MOST_NAMES]:
        account, rest = _account_before_colon(row, known, line)
        if account is None:
            row.fault(C.LEFT_OUT, "left_out", typed=line[:120])
            continue
        names = take_names(row, C.LEFT_OUT, rest, lambda name: bool(known.images_named(name)))
        for pk in [pk for name in names for pk in _image(row, known, C.LEFT_OUT, name)]:
            if pk not in {one.image for one in row.images}:
                row.fault(C.LEFT_OUT, "not_of_this_post", name=known.images[pk].name)
            row.left_out.setdefault(account.pk, []).append(pk)


def _account_before_colon(row: Reading, known: Known, line: str) -> tuple[Account | None, str]:
    """Names may hold colons themselves: the longest beginning that names an account of the row counts."""
    for end in reversed([place for place, char in enumerate(line) if char in ":："]):
        for one in known.named(line[:end]):
            if one in row.accounts:
                return one, line[end + 1 :]
    return None, ""


def _take_settings(row: Reading, _known: Known) -> None:
    is_announced = read_yes(row.cells.get(C.ANNOUNCED, ""))
    if is_announced is None:
        row.fault(C.ANNOUNCED, "yes_or_no")
    row.is_announced = bool(is_announced)
    if row.is_announced and row.accounts and not _has_article_and_more(row):
        row.warn(C.ANNOUNCED, "nothing_announced")
    row.link_tag = "-".join(text_of(row.cells.get(C.LINK_TAG, "")).split())
    if len(row.link_tag) > LONGEST_TAG:
        row.fault(C.LINK_TAG, "long_text", length=len(row.link_tag), limit=LONGEST_TAG)
    lateness = read_lateness(row.cells.get(C.LATENESS, ""))
    if lateness is None:
        row.fault(C.LATENESS, "lateness")
    row.lateness = lateness or ""


def _has_article_and_more(row: Reading) -> bool:
    return len({capabilities_for(one.kind).needs_title for one in row.accounts}) > 1
