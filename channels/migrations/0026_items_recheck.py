from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def items_recheck(apps, schema_editor):
    """Known items of the last days go on being looked up."""
    at = timezone.now()
    items = apps.get_model("channels", "InboundItem").objects.exclude(visibility="removed")
    items.filter(posted_at__gte=at - timedelta(days=7)).update(recheck_at=at)


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0025_coverage'),
    ]

    operations = [
        migrations.RunPython(items_recheck, migrations.RunPython.noop, elidable=True),
    ]
