"""A side stream knows when the walk began that has not come to its end: up to then it will have been read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0039_side_streams")]

    operations = [
        migrations.AddField(
            model_name="sidestream",
            name="walk_began_at",
            field=models.DateTimeField(null=True),
        )
    ]
