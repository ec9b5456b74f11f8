"""Sentences of Django and its REST framework that our catalogue says itself: their Korean is clumsy.

Nothing imports this: `dev.py messages` reads it, and a test sees that the libraries still say them.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

DJANGO = (
    _("username"),
    _("This field is required."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
)
DJANGO_PLURALS = (
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
REST_FRAMEWORK = (
    _("Authentication credentials were not provided."),
    _("Incorrect authentication credentials."),
    _("Invalid token."),
    _("Invalid token header. No credentials provided."),
    _("Invalid token header. Token string should not contain invalid characters."),
    _("Invalid token header. Token string should not contain spaces."),
    _("User inactive or deleted."),
    _("You do not have permission to perform this action."),
    _("Not found."),
    _("Malformed request."),
    _("Request was throttled."),
    _('Method "{method}" not allowed.'),
    _('Unsupported media type "{media_type}" in request.'),
    _("Could not satisfy the request Accept header."),
    _("Invalid data. Expected a dictionary, but got {datatype}."),
    _('Expected a dictionary of items but got type "{input_type}".'),
    _('Expected a list of items but got type "{input_type}".'),
    _("This field may not be blank."),
    _("This field may not be null."),
    _("This list may not be empty."),
    _("This selection may not be empty."),
    _("Not a valid string."),
    _("A valid integer is required."),
    _("Must be a valid UUID."),
    _("Must be a valid boolean."),
    _("Invalid value."),
    _('"{input}" is not a valid choice.'),
    _("Ensure this field has at least {min_length} characters."),
    _("Ensure this field has no more than {max_length} characters."),
    _("Ensure this field has at least {min_length} elements."),
    _("Ensure this field has no more than {max_length} elements."),
    _("Ensure this value is greater than or equal to {min_value}."),
    _("Ensure this value is less than or equal to {max_value}."),
    _("Datetime has wrong format. Use one of these formats instead: {format}."),
)
REST_FRAMEWORK_PLURALS = (
    ngettext_lazy(
        "Expected available in {wait} second.", "Expected available in {wait} seconds.", "wait"
    ),
)
