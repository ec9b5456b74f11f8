"""What is written as an array's literal is read back as it was."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from inbox.lifecycle import Direction
from opsconsole.kernel.arrays import array_literal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["", "NULL", "null", None, " a ", "a,b", "{}", '"', "\\", '\\"', "줄\n바꿈", "🎉", "'"]),
        ("text", ["%s", "%", "$1", "a\tb", "\\n", "}{", "';--"]),
        ("bigint", [0, -1, 2**62, None]),
        ("boolean", [True, False, None]),
        ("double precision", [0.1, -2.5, float("inf")]),
        ("timestamptz", [datetime(2010, 6, 1, 12, 0, 1, 5, tzinfo=UTC), None]),
        ("uuid", [UUID(int=7)]),
        ("text", []),
    ],
)  # fmt: skip
def test_values_come_back_as_they_were(kind: str, values: list[object]):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM unnest(%s::{kind}[])", [array_literal(values)])
        assert [row[0] for row in cursor.fetchall()] == values


def test_an_enum_is_its_word():
    assert array_literal([Direction.INBOUND]) == f'{{"{Direction.INBOUND.value}"}}'


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError, match="Decimal"):
        array_literal([Decimal(1)])
