"""Reads that are compiled once give what the plain queryset gives, for every value and in every thread."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from inbox.models import Contact, Conversation
from opsconsole.kernel.clock import now
from opsconsole.kernel.prepared import padded, prepared, prepared_change
from tests.factories.inbox import make_conversations
from tests.factories.people import make_unit
from tests.support.together import together

pytestmark = pytest.mark.django_db


@prepared
def of_unit(unit_id, at):
    """Conversations of a unit until a moment, with their contacts."""
    rows = Conversation.objects.filter(Q(unit_id=unit_id) | Q(thread_key=""), opened_at__lte=at)
    return rows.select_related("contact").order_by("pk")


@prepared
def numbered(numbers):
    """Conversations by number."""
    return Conversation.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True)


@prepared
def named(name):
    """Contacts by name, whatever the case."""
    return Contact.objects.annotate(low=Lower("name")).filter(Q(low=name) | Q(name=name))


@prepared
def locked(number):
    """A conversation, locked."""
    return Conversation.objects.filter(pk=number).select_for_update()


def test_it_gives_what_the_queryset_gives(django_assert_num_queries):
    rows = make_conversations(3)
    unit, at = rows[0].unit_id, now() + timedelta(minutes=1)
    assert of_unit(unit, at) == rows
    assert of_unit(make_unit().pk, at) == []
    assert of_unit(unit, at - timedelta(days=900)) == []
    with django_assert_num_queries(1):
        assert [str(row.contact) for row in of_unit(unit, at)]
    assert of_unit.first(unit, at) == rows[0]


def test_lists_of_any_length_and_words():
    one, two, three = (row.pk for row in make_conversations(3))
    assert numbered((one, three)) == [one, three]
    assert numbered((two,)) == [two]
    assert numbered((three, one, two)) == [one, two, three]
    assert numbered(padded([two, one])) == [one, two]
    assert numbered((10**20,)) == []
    name = Contact.objects.first().name
    assert named(name.lower())
    assert named.first("nobody's name") is None


def test_the_statement_is_the_same_as_without(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "KEEP_PLANS", False)
    (row,) = make_conversations(1)
    with CaptureQueriesContext(connection) as seen:
        numbered((row.pk,))
        list(
            Conversation.objects.filter(pk__in=[row.pk])
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    assert seen[0]["sql"] == seen[1]["sql"]


def test_a_value_that_the_statement_forgets_is_refused_at_once():
    @prepared
    def careless(number, _forgotten):
        return Conversation.objects.filter(pk=number)

    with pytest.raises(TypeError, match="does not reach"):
        careless(1, 2)
    with pytest.raises(TypeError, match="cannot be a value"):
        careless(1, None)


def test_a_value_that_is_changed_on_its_way_is_refused_at_once():
    @prepared
    def negative(number):
        return Conversation.objects.filter(Q(pk=number) | Q(pk=-number))

    @prepared
    def within(name):
        return Contact.objects.filter(Q(name=name) | Q(name__icontains=name))

    @prepared
    def sliced(number):
        return Conversation.objects.filter(pk=number)[: number % 7 + 1]

    for read, value in ((negative, 1), (within, "kim"), (sliced, 3)):
        with pytest.raises(TypeError):
            read(value)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_only_inside_a_transaction():
    (row,) = make_conversations(1)
    with pytest.raises(TransactionManagementError):
        locked(row.pk)
    with transaction.atomic():
        assert locked.first(row.pk) == row


@pytest.mark.django_db(transaction=True)
def test_threads_get_their_own_rows():
    rows = make_conversations(6)
    found = together(*(lambda pk=row.pk: numbered((pk,)) for row in rows))
    assert found == [[row.pk] for row in rows]


# --- Changes ---


@prepared_change("id", "version")
def reversed_key(number, key, at):
    """Give a conversation another key and moment."""
    rows = Conversation.objects.filter(pk=number, opened_at__lte=at)
    return rows, {"thread_key": key, "version": F("version") + 1, "opened_at": at}


def test_a_change_returns_what_it_changed_and_nothing_else():
    (one, two), at = make_conversations(2), now() + timedelta(minutes=1)
    assert reversed_key(one.pk, "a", at) == [(one.pk, one.version + 1)]
    assert reversed_key(two.pk, "b", at) == [(two.pk, two.version + 1)]
    assert reversed_key(999_999, "c", at) == []
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.thread_key, one.opened_at) == ("a", at)
    assert two.thread_key == "b"


def test_a_change_whose_shape_depends_on_its_values_is_refused():
    @prepared_change("id")
    def doubled(number, version):
        return Conversation.objects.filter(pk=number), {"version": version * 2}

    @prepared_change("id")
    def forgetful(number, version):
        return Conversation.objects.filter(pk=number), {"version": 1}

    for change in (doubled, forgetful):
        with pytest.raises(TypeError, match=change.__name__):
            change(1, 2)
