"""Whose replies need approval, and who gives it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='may_approve',
            field=models.BooleanField(default=False, verbose_name='may approve replies'),
        ),
        migrations.AddField(
            model_name='membership',
            name='needs_approval',
            field=models.BooleanField(default=False, verbose_name='replies need approval'),
        ),
    ]
