"""Resolves, consults and answers that are put before a colleague mark the days that show them, too.

A wait marks the days of its whole conversation now: a cycle is told by its first wait, on the day of its last resolve.
"""

from django.db import migrations

_OF_WAITS = "FROM {rows} r JOIN inbox_wait w ON w.conversation_id = r.conversation_id"
#: table → the statement that marks the days of its rows; {rows} stands for a transition table.
_MARKS = {
    "inbox_closing": f"""
        SELECT w.unit_at_open_id AS unit_id, r.at AS moment {_OF_WAITS}
        UNION ALL SELECT w.unit_at_open_id, w.opened_at {_OF_WAITS}""",
    "inbox_consult": """
        SELECT unit_id, asked_at AS moment FROM {rows}
        UNION ALL SELECT unit_id, ended_at FROM {rows} WHERE ended_at IS NOT NULL""",
    "inbox_draft": f"""
        SELECT w.unit_at_open_id AS unit_id, r.submitted_at AS moment {_OF_WAITS}
         WHERE r.submitted_at IS NOT NULL
        UNION ALL SELECT w.unit_at_open_id, r.decided_at {_OF_WAITS} WHERE r.decided_at IS NOT NULL""",
}
#: The same for waits, of which 0002 marks their own days alone.
_WAITS = """
        SELECT unit_at_open_id AS unit_id, opened_at AS moment FROM {rows}
        UNION ALL SELECT unit_at_end_id, ended_at FROM {rows} WHERE unit_at_end_id IS NOT NULL
        UNION ALL SELECT w.unit_at_open_id, w.opened_at
          FROM {rows} r JOIN inbox_wait w ON w.conversation_id = r.conversation_id
        UNION ALL SELECT w.unit_at_open_id, c.at
          FROM {rows} r JOIN inbox_closing c ON c.conversation_id = r.conversation_id
          JOIN inbox_wait w ON w.conversation_id = r.conversation_id
        UNION ALL SELECT r.unit_at_open_id, c.at
          FROM {rows} r JOIN inbox_closing c ON c.conversation_id = r.conversation_id"""
_OWN_DAYS = """
        SELECT unit_at_open_id AS unit_id, opened_at AS moment FROM {rows}
        UNION ALL SELECT unit_at_end_id, ended_at FROM {rows} WHERE unit_at_end_id IS NOT NULL"""
_EVENTS = {
    "insert": ("REFERENCING NEW TABLE AS became", ("became",)),
    "update": ("REFERENCING OLD TABLE AS was NEW TABLE AS became", ("was", "became")),
    "delete": ("REFERENCING OLD TABLE AS was", ("was",)),
}
_INSERT = """
INSERT INTO reports_stalemark (unit_id, moment, marked_at)
SELECT unit_id, moment, clock_timestamp() FROM (
  SELECT DISTINCT unit_id, date_bin('15 minutes', moment, 'epoch') AS moment FROM ({told}) told
) stale;"""


def _function(name: str, marks: str, names: tuple[str, ...]) -> str:
    told = " UNION ALL ".join(f"({marks.format(rows=rows)})" for rows in names)
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN"
        f"{_INSERT.format(told=told)}\n  RETURN NULL;\nEND $$;\n"
    )


def _waits(marks: str) -> str:
    return "".join(
        _function(f"reports_inbox_wait_{event}", marks, names)
        for event, (_tables, names) in _EVENTS.items()
    )


def _forward() -> str:
    parts = [_waits(_WAITS)]
    for table, marks in _MARKS.items():
        for event, (tables, names) in _EVENTS.items():
            name = f"reports_{table}_{event}"
            parts.append(_function(name, marks, names))
            parts.append(
                f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} {tables}\n"
                f"  FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
            )
    return "".join(parts)


def _backward() -> str:
    return _waits(_OWN_DAYS) + "".join(
        f"DROP TRIGGER reports_{table}_{event} ON {table};\nDROP FUNCTION reports_{table}_{event}();\n"
        for table in _MARKS
        for event in _EVENTS
    )


#: What is there already: every wait's days are written anew, and those of resolves and questions.
_EVERYTHING = """
INSERT INTO reports_stalemark (unit_id, moment, marked_at)
SELECT unit_id, moment, clock_timestamp() FROM (
  SELECT unit_at_open_id AS unit_id, date_bin('15 minutes', opened_at, 'epoch') AS moment FROM inbox_wait
  UNION SELECT w.unit_at_open_id, date_bin('15 minutes', c.at, 'epoch')
    FROM inbox_closing c JOIN inbox_wait w ON w.conversation_id = c.conversation_id
  UNION SELECT unit_id, date_bin('15 minutes', asked_at, 'epoch') FROM inbox_consult
  UNION SELECT unit_id, date_bin('15 minutes', ended_at, 'epoch') FROM inbox_consult
    WHERE ended_at IS NOT NULL
  UNION SELECT w.unit_at_open_id, date_bin('15 minutes', asked.at, 'epoch')
    FROM inbox_draft d JOIN inbox_wait w ON w.conversation_id = d.conversation_id,
    LATERAL (VALUES (d.submitted_at), (d.decided_at)) asked (at) WHERE asked.at IS NOT NULL
) told
"""


class Migration(migrations.Migration):
    """Marks of what belongs to waits."""

    dependencies = [("reports", "0002_stale_marks")]
    operations = [
        migrations.RunSQL(_forward(), _backward()),
        migrations.RunSQL(_EVERYTHING, migrations.RunSQL.noop),
    ]
