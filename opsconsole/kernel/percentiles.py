"""Percentiles, counted by the database."""

from typing import Any

from django.db.models import Aggregate, FloatField
from django.db.models.expressions import Combinable


class Percentile(Aggregate):
    """PERCENTILE_CONT: the value below which a share of the rows lies, between two rows if need be."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: "str | Combinable", share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, **extra)
