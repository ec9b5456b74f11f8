"""Drafts on the server, the lease to reply, and presence."""


import django.db.models.deletion
import inbox.lifecycle
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0005_desks_notices_due'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reply', 'reply'), ('note', 'note')], default=inbox.lifecycle.DraftKind['REPLY'], max_length=8)),
                ('state', models.CharField(choices=[('writing', 'writing'), ('scheduled', 'scheduled'), ('parked', 'parked'), ('submitted', 'submitted'), ('sent', 'sent'), ('discarded', 'discarded')], default=inbox.lifecycle.DraftState['WRITING'], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('is_private', models.BooleanField(default=False)),
                ('resolve_after', models.BooleanField(default=False)),
                ('request_key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('base_version', models.BigIntegerField()),
                ('base_at', models.DateTimeField()),
                ('send_at', models.DateTimeField(null=True)),
                ('park_reason', models.CharField(blank=True, max_length=40)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('answers', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='inbox.message')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='inbox.conversation')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['parked', 'scheduled', 'submitted', 'writing'])), fields=['author', '-updated_at', '-id'], name='draft_mine'), models.Index(condition=models.Q(('state__in', ['parked', 'scheduled', 'submitted', 'writing'])), fields=['-updated_at', '-id'], name='draft_newest'), models.Index(condition=models.Q(('state', inbox.lifecycle.DraftState['SCHEDULED'])), fields=['send_at'], name='draft_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['parked', 'scheduled', 'submitted', 'writing'])), fields=('conversation', 'author', 'kind'), name='draft_one_live_per_author'), models.CheckConstraint(condition=models.Q(models.Q(('state', inbox.lifecycle.DraftState['SCHEDULED']), _negated=True), ('send_at__isnull', False), _connector='OR'), name='draft_scheduled_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('conversation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='lease', to='inbox.conversation')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leases', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='lease_ending')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tab', models.CharField(max_length=36)),
                ('state', models.CharField(choices=[('viewing', 'viewing'), ('typing', 'typing')], max_length=8)),
                ('seen_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='inbox.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['seen_at'], name='presence_silent')],
                'constraints': [models.UniqueConstraint(fields=('conversation', 'user', 'tab'), name='presence_once_per_tab')],
            },
        ),
    ]
