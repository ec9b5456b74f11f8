"""How the tables are emptied after a test that has really committed."""

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

#: Made once with the tables, and the same for every test.
_KEPT = ("django_migrations", "django_content_type", "auth_permission")
#: Deleting a handful of rows costs a tenth of truncating a hundred tables, and nothing is made anew.
#: As a replica, so that neither foreign keys nor the guard of the log look on.
_EMPTY = """
SET LOCAL session_replication_role = replica;
DO $$
DECLARE name text; has_rows boolean;
BEGIN
  FOR name IN SELECT format('%I', tablename) FROM pg_tables
    WHERE schemaname = 'public' AND NOT tablename = ANY(ARRAY[{kept}])
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO has_rows;
    IF has_rows THEN EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
END $$;
"""


def empty_by_deleting() -> None:
    """Let tests that commit empty the tables by deletion; where the role may not, as Django does."""
    cases: Any = TransactionTestCase  # Django has no public place for this
    truncate = cases._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                truncate(case)
                return
            kept = ", ".join(f"'{name}'" for name in _KEPT)
            cursor.execute(f"BEGIN; {_EMPTY.format(kept=kept)} COMMIT")

    cases._fixture_teardown = teardown
