"""Note every line that stands as not yet searchable, so that the worker makes its entry; copy follower counts."""

from django.db import migrations

NOTE = """
INSERT INTO inbox_searchpending (kind, "row") SELECT 'contact', id FROM inbox_contact ORDER BY id;
INSERT INTO inbox_searchpending (kind, "row") SELECT 'note', id FROM inbox_note ORDER BY id;
INSERT INTO inbox_searchpending (kind, "row") SELECT 'message', id FROM inbox_message ORDER BY id;
UPDATE inbox_conversation c SET contact_followers = k.followers
  FROM inbox_contact k WHERE k.id = c.contact_id AND k.followers > 0;
"""


class Migration(migrations.Migration):

    dependencies = [("inbox", "0009_search_views_mirrors")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
