"""Addresses made of known forms are those that Django makes."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from opsconsole.kernel.addresses import address_of


@pytest.mark.parametrize("numbers", [(0,), (7,), (987_654_301,), (2**63,)])
def test_a_number_stands_where_django_puts_it(numbers):
    assert address_of("inbox:conversation", *numbers) == reverse(
        "inbox:conversation", args=numbers
    )


def test_numbers_keep_their_order():
    for numbers in ((1, 2), (2, 1), (22, 22)):
        made = address_of("inbox:handing_confirm", *numbers)
        assert made == reverse("inbox:handing_confirm", args=numbers)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("inbox:no", ()),
        ("inbox:queue", (1,)),
        ("inbox:conversation", ()),
        ("inbox:conversation", (-1,)),
    ],
)
def test_what_django_does_not_know_has_no_address(name, numbers):
    with pytest.raises(NoReverseMatch):
        address_of(name, *numbers)


def test_templates_name_views_as_they_always_do():
    shown = Template(
        "{% url 'inbox:queue' %} {% url 'inbox:conversation' pk %} "
        "{% url 'inbox:conversation' conversation_id=pk %}{% url 'inbox:conversation' pk as at %} {{ at }}"
    ).render(Context({"pk": 42}))
    expected = reverse("inbox:conversation", args=[42])
    assert shown.split() == [reverse("inbox:queue"), expected, expected, expected]
