"""Co-tags, the accounts that carry them, saved replies, and what approval needs."""

import django.db.models.deletion
import django.db.models.functions.text
import inbox.cotags
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0005_not_sent_index'),
        ('inbox', '0006_drafts_leases_presence'),
        ('people', '0002_membership_approval'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CoTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('initials', models.CharField(max_length=6, verbose_name='initials')),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SavedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80, verbose_name='title')),
                ('shortcut', models.CharField(max_length=30, verbose_name='shortcut')),
                ('text', models.TextField(verbose_name='text')),
                ('language', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('used_count', models.PositiveIntegerField(default=0)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'saved replies',
            },
        ),
        migrations.CreateModel(
            name='Signing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=True)),
                ('style', models.CharField(choices=[('blank', 'blank'), ('line', 'line')], default=inbox.cotags.Style['BLANK'], max_length=8)),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='awaiting_approval',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='draft',
            name='submitted_digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='reply',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('awaiting_approval', True)), fields=['queue_at', 'id'], name='conversation_approval'),
        ),
        migrations.AddField(
            model_name='cotag',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cotags', to='channels.channelaccount'),
        ),
        migrations.AddField(
            model_name='cotag',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cotags', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedreply',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedreply',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_replies', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedreply',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_replies', to='people.businessunit'),
        ),
        migrations.AddField(
            model_name='signing',
            name='account',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='signing', to='channels.channelaccount'),
        ),
        migrations.AddConstraint(
            model_name='cotag',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('initials', 'account'), name='cotag_unique_per_account', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='cotag',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('user', 'account'), name='cotag_one_per_operator', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='savedreply',
            index=models.Index(fields=['title', 'id'], name='saved_reply_by_title'),
        ),
        migrations.AddConstraint(
            model_name='savedreply',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('shortcut'), models.F('language'), models.F('unit'), models.F('owner'), condition=models.Q(('archived_at__isnull', True)), name='saved_reply_one_per_shortcut', nulls_distinct=False),
        ),
    ]
