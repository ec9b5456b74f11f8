"""The database refuses to take a sent delivery back, and to rearm one whose last attempt is open."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION channels_delivery_sent_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'sent' AND NEW.state <> 'sent' THEN
    RAISE EXCEPTION 'delivery % is sent and stays sent', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER channels_delivery_sent_is_final BEFORE UPDATE OF state ON channels_delivery
  FOR EACH ROW EXECUTE FUNCTION channels_delivery_sent_is_final();
"""
BACKWARD = """
DROP TRIGGER channels_delivery_sent_is_final ON channels_delivery;
DROP FUNCTION channels_delivery_sent_is_final();
"""


class Migration(migrations.Migration):
    """Sent is final."""

    dependencies = [("channels", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
