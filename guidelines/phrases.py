"""What each finding is called on the screen."""

from django.utils.translation import gettext as _

from guidelines.checks import Finding


def sentence(finding: Finding) -> str:
    """Return the finding as a sentence in the reader's language."""
    sentences = {
        "blank": _("Write something first."),
        "too_long": _("Too long by %(over)s: %(length)s of at most %(limit)s."),
        "placeholder": _("“%(found)s” has not been filled in."),
        "phone": _("This looks like a phone number."),
        "resident_number": _("This looks like a resident registration number."),
        "email": _("This looks like an e-mail address."),
        "card": _("This looks like a card number."),
    }
    return sentences[finding.code] % dict(finding.params)
