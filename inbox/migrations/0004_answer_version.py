"""When one of us last answered: a screen that has not seen it may not answer again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add `Conversation.answer_version`."""

    dependencies = [("inbox", "0003_closed_through")]
    operations = [
        migrations.AddField(
            model_name="conversation",
            name="answer_version",
            field=models.BigIntegerField(default=0),
        )
    ]
