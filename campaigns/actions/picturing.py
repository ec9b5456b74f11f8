"""The pictures of a post: chosen from the library, kept in their order."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.contents import Content, Picked
from campaigns.models import Post, PostImage
from campaigns.selectors.library import images_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.text import storable

#: More than any platform takes.
MOST_PICTURES = 10
LONGEST_DESCRIPTION = 1000


def pictures_set(actor: Actor, post: Post, content: Content) -> None:
    """Make a post's pictures what the writer chose. What stands there already may stay, archived or not."""
    wanted = [one.image for one in content.images]
    if len(wanted) > MOST_PICTURES or len(set(wanted)) < len(wanted):
        raise Invalid(
            _("At most %(count)d images, each once.") % {"count": MOST_PICTURES},
            code="pictures", field="images",
        )  # fmt: skip
    offered = images_for(actor).filter(Q(archived_at__isnull=True) | Q(uses__post=post))
    known = {image.pk: image for image in offered.filter(pk__in=wanted).distinct()}
    if set(wanted) - set(known):
        raise Invalid(_("An image is no longer there."), code="pictures", field="images")
    post.images.exclude(image__in=wanted).delete()
    for number, one in enumerate(content.images, 1):
        words = _words(one) or known[one.image].alt_text
        PostImage.objects.update_or_create(
            post=post, image_id=one.image, defaults={"position": number, "alt_text": words}
        )


def pictures_as_kept(post: Post, images: Iterable[Picked]) -> tuple[Picked, ...]:
    """Return what was chosen as it is read back: a picture without words has those of the library."""
    kept = {row.image_id: row.alt_text for row in post.images.all()}
    return tuple(Picked(one.image, _words(one) or kept.get(one.image, "")) for one in images)


def _words(one: Picked) -> str:
    return storable(" ".join(one.alt_text.split()), LONGEST_DESCRIPTION)
