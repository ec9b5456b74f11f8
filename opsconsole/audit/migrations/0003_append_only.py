"""The database refuses to change or delete an act."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_activity_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_activity is append-only';
END $$;
CREATE TRIGGER audit_activity_append_only BEFORE UPDATE OR DELETE ON audit_activity
  FOR EACH ROW EXECUTE FUNCTION audit_activity_is_append_only();
"""
BACKWARD = """
DROP TRIGGER audit_activity_append_only ON audit_activity;
DROP FUNCTION audit_activity_is_append_only();
"""


class Migration(migrations.Migration):
    """Append-only trigger."""

    dependencies = [("audit", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
