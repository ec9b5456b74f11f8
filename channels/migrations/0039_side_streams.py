"""What is read beside is called so: streams are all that the ledger knows, side streams among them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0038_refused_endpoints")]

    operations = [
        migrations.RenameModel("Stream", "SideStream"),
        migrations.AlterField(
            model_name="sidestream",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="side_streams",
                to="channels.channelaccount",
            ),
        ),
    ]
