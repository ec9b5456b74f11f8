"""How long a person may take an answer back."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_unit_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='undo_seconds',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
