"""Reading what a writer wants to become of a post that is late."""

from django.utils.translation import gettext_lazy as _

from campaigns.lateness import lateness_of
from opsconsole.kernel.errors import Invalid


def lateness_kept(given: str) -> str:
    """Return the word that is kept; Invalid when it means nothing."""
    try:
        return lateness_of(given).word
    except ValueError:
        raise Invalid(
            _("Say for how many minutes it may be late, up to a day; or that somebody decides, or nobody."),
            code="lateness", field="lateness",
        ) from None  # fmt: skip
