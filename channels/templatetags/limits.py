"""How templates say what a platform still allows."""

from django import template
from django.utils.functional import Promise

from channels.quota_words import quota_label as label_of
from channels.quota_words import span_label
from channels.selectors.windows import Quota

register = template.Library()


@register.filter
def quota_label(quota: Quota) -> Promise | str:
    """Name a window."""
    return label_of(quota.endpoint, quota.span)


@register.filter
def quota_span(quota: Quota) -> Promise | str:
    """Say over which time it counts, when that is longer than usual."""
    return span_label(quota.span)
