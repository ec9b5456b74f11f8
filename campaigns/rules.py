"""What an account's platform, and our own house, say about what is to go out there."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.going import Going, Picture
from campaigns.wording import clock, sample
from channels.health import silence_of
from channels.lifecycle import ChannelKind
from guidelines.checks import Severity, run_all
from guidelines.phrases import sentence
from opsconsole.kernel.clock import now

_GIF = "image/gif"
#: The code of what is said about an account that cannot speak now.
SILENT = "silent"
#: Wider or narrower pictures are cut in a timeline (width by height).
_NARROWEST, _WIDEST = 1 / 2, 3.0
#: Smaller ones look blurred (pixels).
_SMALLEST_SIDE = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what goes out: `field` is where it was typed. Only a blocker keeps it back.

    `params` are what the message was made with, for whoever says it later in another language.
    """

    code: str
    field: str
    message: str
    is_blocker: bool = True
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


def faults_of(going: Going, *, at: datetime | None, zone: str) -> list[Fault]:
    """Return what is wrong, what keeps it back first. `at` is when it goes out, if that is known."""
    found = [*_silence(going), *_words(going), *_pictures(going), *_rights(going, at, zone)]
    return sorted(found, key=lambda fault: not fault.is_blocker)


def alike(goings: Iterable[Going]) -> dict[int, Fault]:
    """Return, by account, a warning where several accounts on X say the same.

    https://help.x.com/en/rules-and-policies/x-automation
    """
    same: dict[str, list[Going]] = {}
    for going in goings:
        if going.account.kind == ChannelKind.X and going.words.strip():
            same.setdefault(" ".join(going.words.split()).casefold(), []).append(going)
    found = {}
    for ones in (group for group in same.values() if len(group) > 1):
        named = {"names": ", ".join(one.account.name for one in ones)}
        message = _("X does not allow the same words from several accounts: %(names)s.") % named
        for one in ones:
            pk = one.account.pk
            found[pk] = Fault("alike", f"text_{pk}", message, is_blocker=False, params=named)
    return found


def _silence(going: Going) -> Iterator[Fault]:
    """Whoever writes is told before typing; what is planned for later may be written all the same."""
    if silence := silence_of(going.account, now()):
        name = going.account.name
        yield Fault(SILENT, "accounts", f"{name}: {silence}", False, {"name": name})


def _words(going: Going) -> Iterator[Fault]:
    pk = going.account.pk
    if going.is_article and not going.title.strip():
        params = {"name": going.account.name}
        yield Fault("title", "title", _("A blog article needs a title."), params=params)
    # Without an article, its place is one that nobody has filled in.
    words = sample(going.words) if going.is_announcing else going.words
    yield from _text(going, words, f"text_{pk}")
    for part in going.parts:
        yield from _text(going, part, f"part_{pk}")


def _text(going: Going, words: str, field: str) -> Iterator[Fault]:
    limits = going.limits
    for finding in run_all(words, counting=limits.counting, max_length=limits.max_length):
        yield Fault(
            finding.code, field, f"{going.account.name}: {sentence(finding)}",
            finding.severity == Severity.BLOCKER,
            {**finding.params, "finding": finding.code, "name": going.account.name},
        )  # fmt: skip


def _pictures(going: Going) -> Iterator[Fault]:
    limits, named = going.limits, {"account": going.account.name}
    count = len(going.pictures)
    if count > limits.max_media:
        yield _fault("too_many_pictures", ngettext(
            "%(account)s takes %(most)d image. Leave the others out there.",
            "%(account)s takes up to %(most)d images. Leave the others out there.",
            limits.max_media,
        ), {**named, "most": limits.max_media})  # fmt: skip
    is_gif = any(one.image.content_type == _GIF for one in going.pictures)
    if limits.gif_alone and count > 1 and is_gif:
        yield _fault("gif_alone", _("%(account)s shows a GIF only by itself."), named)
    is_film = any(one.image.is_film for one in going.pictures)
    if limits.film_alone and count > 1 and is_film:
        yield _fault("film_alone", _("%(account)s shows a film only by itself."), named)
    for picture in going.pictures:
        yield from _picture(going, picture)
        if picture.image.is_film:
            yield from _film(going, picture)


def _film(going: Going, picture: Picture) -> Iterator[Fault]:
    """Say what is wrong with a film beside what is asked of every file."""
    longest, seconds = going.limits.longest_film, picture.image.seconds or 0
    if longest and seconds > longest:
        named = {"account": going.account.name, "name": picture.image.name}
        shown = {"long": clock(seconds), "most": clock(longest)}
        yield _fault(
            "film_length",
            _("“%(name)s” is too long for %(account)s: %(long)s, and at most %(most)s."),
            {**named, **shown},
        )


def _picture(going: Going, picture: Picture) -> Iterator[Fault]:
    image, limits = picture.image, going.limits
    named = {"account": going.account.name, "name": image.name}
    if image.content_type not in {*limits.media_types, *limits.film_types}:
        yield _fault("media_type", _("%(account)s does not take files like “%(name)s”."), named)
    most = limits.most_bytes(image.content_type)
    if image.size > most:
        mb = str(most // 1_000_000)
        yield _fault(
            "media_size",
            _("“%(name)s” is too large for %(account)s: at most %(mb)s MB."),
            {**named, "mb": mb},
        )
    if not picture.alt_text and not image.needs_no_words:
        yield _fault("alt_missing", _("Say what “%(name)s” shows."), named)
    if image.is_film:
        return
    if not _NARROWEST <= image.width / image.height <= _WIDEST:
        yield _hint("ratio", _("“%(name)s” will be cut in the timeline: it is very long."), named)
    if min(image.width, image.height) < _SMALLEST_SIDE:
        yield _hint("small", _("“%(name)s” is very small and may look blurred."), named)


def _rights(going: Going, at: datetime | None, zone: str) -> Iterator[Fault]:
    for picture in going.pictures if at else ():
        if at and picture.image.rights_ended(at.astimezone(ZoneInfo(zone)).date()):
            named = {"name": picture.image.name}
            yield _fault("rights_ended", _("Our rights to “%(name)s” have ended by then."), named)


def _fault(code: str, message: str, named: Mapping[str, object]) -> Fault:
    return Fault(code, "images", message % named, params=named)


def _hint(code: str, message: str, named: Mapping[str, object]) -> Fault:
    return Fault(code, "images", message % named, is_blocker=False, params=named)
