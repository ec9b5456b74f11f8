"""Campaigns, and how posts read at each saving: rows that the database refuses to change."""

import campaigns.lifecycle
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION campaigns_postrevision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'campaigns_postrevision is never changed';
END $$;
CREATE TRIGGER campaigns_postrevision_final BEFORE UPDATE OR DELETE ON campaigns_postrevision
  FOR EACH ROW EXECUTE FUNCTION campaigns_postrevision_is_final();
"""
BACKWARD = """
DROP TRIGGER campaigns_postrevision_final ON campaigns_postrevision;
DROP FUNCTION campaigns_postrevision_is_final();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
        ('people', '0004_undo_seconds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PostRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('brought_back', models.PositiveIntegerField(null=True)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('goal', models.TextField(blank=True, verbose_name='goal')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('tags', models.JSONField(default=list, verbose_name='tags')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('running', 'running'), ('over', 'over'), ('archived', 'archived')], default=campaigns.lifecycle.CampaignState['PLANNED'], max_length=8)),
                ('request_key', models.UUIDField(unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('version', models.BigIntegerField(default=1)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owners', models.ManyToManyField(related_name='campaigns', to=settings.AUTH_USER_MODEL)),
                ('partners', models.ManyToManyField(blank=True, related_name='shared_campaigns', to='people.businessunit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='people.businessunit')),
            ],
        ),
        migrations.AddField(
            model_name='post',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='campaigns.campaign'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(condition=models.Q(('campaign__isnull', False)), fields=['campaign', '-publish_at', '-id'], name='post_by_campaign'),
        ),
        migrations.AddField(
            model_name='postrevision',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='postrevision',
            name='post',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='campaigns.post'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['-starts_on', '-id'], name='campaign_list'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='campaign_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='postrevision',
            constraint=models.UniqueConstraint(fields=('post', 'number'), name='post_revision_numbered_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
