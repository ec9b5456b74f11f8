"""Calendars, service levels and waits; what was resolved before gets its closing."""

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Resolves of before: what they closed is kept on the conversation alone.
CLOSINGS = """
INSERT INTO inbox_closing (conversation_id, at, through, reason)
SELECT id, coalesce(resolved_at, last_message_at), closed_through, resolution
FROM inbox_conversation WHERE closed_through > 0
"""
#: What had left public view before is taken to have done so when it was removed, or on arrival.
QUIET = """
UPDATE inbox_message SET quiet_since = coalesce(removed_at, landed_at)
WHERE direction = 'inbound' AND visibility NOT IN ('public', 'held')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0005_not_sent_index'),
        ('inbox', '0010_search_fill'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='quiet_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calendars', to='people.businessunit')),
            ],
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('zone', models.CharField(max_length=64)),
                ('week', models.JSONField()),
                ('exceptions', models.JSONField(default=dict)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('made_at', models.DateTimeField()),
                ('is_applied', models.BooleanField(default=True)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='inbox.calendar')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('through', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, max_length=16)),
                ('undone_at', models.DateTimeField(null=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closings', to='inbox.conversation')),
            ],
        ),
        migrations.CreateModel(
            name='SlaPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('channel', models.CharField(blank=True, max_length=10)),
                ('priority', models.PositiveSmallIntegerField(null=True)),
                ('first_s', models.PositiveIntegerField(null=True)),
                ('next_s', models.PositiveIntegerField(null=True)),
                ('resolution_s', models.PositiveIntegerField(null=True)),
                ('by_calendar', models.BooleanField(default=True)),
                ('is_active', models.BooleanField(default=True)),
                ('is_applied', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sla_policies', to='people.businessunit')),
            ],
        ),
        migrations.CreateModel(
            name='Wait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('cycle', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('first', 'first'), ('next', 'next')], max_length=5)),
                ('is_reopened', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('desk_opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_kind', models.CharField(blank=True, choices=[('answered', 'answered'), ('closed_no_reply', 'closed_no_reply'), ('withdrawn', 'withdrawn'), ('merged', 'merged'), ('event', 'event')], max_length=16)),
                ('end_reason', models.CharField(blank=True, max_length=16)),
                ('is_outside', models.BooleanField(default=False)),
                ('double_answers', models.PositiveSmallIntegerField(default=0)),
                ('channel', models.CharField(max_length=10)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('by_calendar', models.BooleanField(default=False)),
                ('target_s', models.PositiveIntegerField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('warn_at', models.DateTimeField(null=True)),
                ('warned_at', models.DateTimeField(null=True)),
                ('breached_at', models.DateTimeField(null=True)),
                ('wall_s', models.PositiveIntegerField(null=True)),
                ('biz_s', models.PositiveIntegerField(null=True)),
                ('desk_biz_s', models.PositiveIntegerField(null=True)),
                ('excluded_reason', models.CharField(blank=True, max_length=16)),
                ('clock_suspect', models.BooleanField(default=False)),
                ('is_backfill', models.BooleanField(default=False)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='waits', to='channels.channelaccount')),
                ('answer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='ended_waits', to='inbox.message')),
                ('assignee_at_end', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('calendar_version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inbox.calendarversion')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='waits', to='inbox.conversation')),
                ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opened_waits', to='inbox.message')),
                ('policy', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inbox.slapolicy')),
                ('replier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit_at_end', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.businessunit')),
                ('unit_at_open', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.businessunit')),
            ],
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.UniqueConstraint(fields=('unit',), name='calendar_once_per_unit', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='calendarversion',
            constraint=models.UniqueConstraint(fields=('calendar', 'number'), name='calendar_version_counts_up'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['conversation', 'id'], name='closing_of_conversation'),
        ),
        migrations.AddConstraint(
            model_name='slapolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('unit', 'channel', 'priority'), name='sla_policy_once_per_scope', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(condition=models.Q(('breached_at__isnull', True), ('ended_at__isnull', True)), fields=['due_at'], name='wait_to_breach'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(condition=models.Q(('breached_at__isnull', True), ('ended_at__isnull', True), ('warned_at__isnull', True)), fields=['warn_at'], name='wait_to_warn'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['id'], name='wait_open'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(fields=['unit_at_open', 'opened_at'], name='wait_by_unit'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(fields=['unit_at_end', 'ended_at'], name='wait_by_unit_end'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(fields=['replier', 'ended_at'], name='wait_by_replier'),
        ),
        migrations.AddConstraint(
            model_name='wait',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('conversation',), name='wait_one_open'),
        ),
        migrations.AddConstraint(
            model_name='wait',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('conversation', 'seq'), name='wait_counts_up'),
        ),
        migrations.AddConstraint(
            model_name='wait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_kind', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end_kind', ''), _negated=True)), _connector='OR'), name='wait_ends_somehow'),
        ),
        migrations.RunSQL(CLOSINGS, migrations.RunSQL.noop),
        migrations.RunSQL(QUIET, migrations.RunSQL.noop),
    ]
