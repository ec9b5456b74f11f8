"""Small template helpers shared by all screens. No queries, no business rules."""

from django import template

register = template.Library()
