"""Attempts of the last day count towards budgets from the first moment on."""

from django.db import migrations

_FILL = """
UPDATE channels_deliveryattempt AS attempt SET account_id = delivery.account_id
FROM channels_delivery AS delivery
WHERE delivery.id = attempt.delivery_id AND attempt.armed_at > now() - interval '1 day'
"""


class Migration(migrations.Migration):

    dependencies = [("channels", "0015_budgets")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
