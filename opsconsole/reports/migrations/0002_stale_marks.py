"""Whatever changes a wait, its tags or who had it marks the days that show it, in the same transaction.

The database does it, so that no code can forget: not a cascade, not a correction by hand, not what is
written tomorrow. Moments are told by the quarter of an hour: every time zone begins its days on one.
"""

from django.db import migrations

#: table → the statement that marks the days of its rows; {rows} stands for a transition table.
_MARKS = {
    "inbox_wait": """
        SELECT unit_at_open_id AS unit_id, opened_at AS moment FROM {rows}
        UNION ALL SELECT unit_at_end_id, ended_at FROM {rows} WHERE unit_at_end_id IS NOT NULL""",
    "inbox_conversationtag": """
        SELECT w.unit_at_open_id AS unit_id, w.opened_at AS moment
          FROM inbox_wait w JOIN {rows} r ON r.conversation_id = w.conversation_id
        UNION ALL SELECT w.unit_at_end_id, w.ended_at
          FROM inbox_wait w JOIN {rows} r ON r.conversation_id = w.conversation_id
         WHERE w.unit_at_end_id IS NOT NULL""",
}
_MARKS["inbox_assignment"] = _MARKS["inbox_conversationtag"]
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


def _forward() -> str:
    parts = []
    for table, marks in _MARKS.items():
        for event, (tables, names) in _EVENTS.items():
            name = f"reports_{table}_{event}"
            told = " UNION ALL ".join(f"({marks.format(rows=rows)})" for rows in names)
            parts.append(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN"
                f"{_INSERT.format(told=told)}\n  RETURN NULL;\nEND $$;\n"
                f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} {tables}\n"
                f"  FOR EACH STATEMENT EXECUTE FUNCTION {name}();\n"
            )
    return "".join(parts)


def _backward() -> str:
    return "".join(
        f"DROP TRIGGER reports_{table}_{event} ON {table};\nDROP FUNCTION reports_{table}_{event}();\n"
        for table in _MARKS
        for event in _EVENTS
    )


#: What is there already is counted from the beginning.
_EVERYTHING = """
INSERT INTO reports_stalemark (unit_id, moment, marked_at)
SELECT unit_id, moment, clock_timestamp() FROM (
  SELECT unit_at_open_id AS unit_id, date_bin('15 minutes', opened_at, 'epoch') AS moment
    FROM inbox_wait
  UNION SELECT unit_at_end_id, date_bin('15 minutes', ended_at, 'epoch') FROM inbox_wait
    WHERE unit_at_end_id IS NOT NULL
) told
"""


class Migration(migrations.Migration):
    """Marks."""

    dependencies = [("reports", "0001_day_books"), ("inbox", "0034_came_late")]
    operations = [
        migrations.RunSQL(_forward(), _backward()),
        migrations.RunSQL(_EVERYTHING, "DELETE FROM reports_stalemark"),
        # Numbers do not compress, and a column is read from the middle of a book.
        migrations.RunSQL(
            "ALTER TABLE reports_daybook ALTER COLUMN columns SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
