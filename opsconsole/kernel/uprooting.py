"""Deleting rows with everything that hangs on them, whatever table it is in: also what is else protected.

For the rare act that means it. Who belongs to whom is read from the tables' own relations, so that a
table that comes later is not forgotten. What only points at a row (`SET_NULL`) stays and lets go.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.apps import apps
from django.db import transaction
from django.db.models import SET_NULL, FileField, ForeignKey, Model

Table: TypeAlias = type[Model]
#: By "app.Model.field": what a row is changed to that points at a deleted one and stays all the same.
Loose: TypeAlias = Mapping[str, Mapping[str, Any]]


def dependents(table: Table) -> Iterator[tuple[Table, "ForeignKey[Any, Any]"]]:
    """Return the tables whose rows belong to, or point at, rows of this one, and by which column."""
    for relation in table._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        is_pointer = relation.auto_created and not relation.concrete
        if is_pointer and isinstance(field, ForeignKey) and relation.related_model:
            yield field.model, field


def uproot(table: Table, ids: Sequence[int], loose: Loose) -> None:
    """Delete some rows of a table, what belongs to them first. Call it in a transaction.

    Files go on commit, unless another row still names them.
    """
    if not ids:
        return
    for other, field in dependents(table):
        hanging = other._default_manager.filter(**{f"{field.name}__in": ids})
        change = loose.get(f"{other._meta.label}.{field.name}")
        if change is not None:
            hanging.update(**change)
        elif field.remote_field.on_delete is SET_NULL:
            hanging.update(**{field.name: None})
        else:
            uproot(other, list(hanging.values_list("pk", flat=True)), loose)
    rows = table._default_manager.filter(pk__in=ids)
    _files_go(table, ids)
    rows._raw_delete(rows.db)  # nothing hangs on them any more


def uproot_some(table: Table, row_id: int, loose: Loose, limit: int) -> int:
    """Delete some of what belongs to one row; the row itself once nothing does. Returns how many: 0 at the end."""
    for other, field in dependents(table):
        if field.remote_field.on_delete is SET_NULL:
            continue
        hanging = other._default_manager.filter(**{field.name: row_id})
        ids = list(hanging.order_by("pk").values_list("pk", flat=True)[:limit])
        if ids:
            uproot(other, ids, loose)
            return len(ids)
    uproot(table, [row_id], loose)
    return 0


def _file_fields(tables: Iterable[Table]) -> Iterator[tuple[Table, FileField]]:
    for table in tables:
        for field in table._meta.concrete_fields:
            if isinstance(field, FileField):
                yield table, field


def _files_go(table: Table, ids: Sequence[int]) -> None:
    for _table, field in _file_fields([table]):
        rows = table._default_manager.filter(pk__in=ids)
        names = set(rows.values_list(field.name, flat=True)) - {""}
        for name in names:
            transaction.on_commit(lambda name=name, field=field: _file_delete(name, field))  # type: ignore[misc]


def _file_delete(name: str, field: FileField) -> None:
    for table, other in _file_fields(apps.get_models()):
        if table._default_manager.filter(**{other.name: name}).exists():
            return
    field.storage.delete(name)
