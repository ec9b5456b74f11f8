"""The composition root: which task answers which doorbell, and what the beat calls when."""

from django.conf import settings

DOORBELLS = {
    "delivery_requested": "channels.tasks.dispatch",
    "handshake_asked": "channels.connecting_tasks.look_into_handshakes",
    "moderation_requested": "channels.tasks.moderate_due",
    "account_leaves": "opsconsole.tasks.leave",
    "measures_changed": "inbox.tasks.clocks",
    "alarm_raised": "opsconsole.tasks.alarms",
    "bulk_asked": "inbox.tasks.bulk",
    "import_asked": "campaigns.tasks.run_imports",
    "items_landed": "inbox.tasks.ingest",
    "post_news": "opsconsole.tasks.tell",
    "past_asked": "channels.past_tasks.read_past",
    "poll_requested": "channels.tasks.poll_due",
    "push_heard": "channels.push_tasks.take_in",
    "ping_heard": "channels.ping_tasks.verify",
    "subscription_asked": "channels.subscribing_tasks.see_to_subscriptions",
    "rule_trial_asked": "inbox.tasks.try_rules",
    "delivery_settled": "opsconsole.tasks.settle",
    "work_changed": "inbox.tasks.give_out",
    "links_asked": "campaigns.tasks.check_links",
    "rehearsal_asked": "campaigns.tasks.rehearse",
    "series_changed": "campaigns.tasks.write_series",
}

#: Task and seconds between calls. A call that finds the worker busy expires before the next.
BEAT: dict[str, tuple[str, float]] = {
    "dispatch": ("channels.tasks.dispatch", 1.0),
    "moderate": ("channels.tasks.moderate_due", 2.0),
    "poll": ("channels.tasks.poll_due", 1.0),
    "push": ("channels.push_tasks.take_in", 1.0),
    "pings": ("channels.ping_tasks.verify", 2.0),
    "subscriptions": ("channels.subscribing_tasks.see_to_subscriptions", 5.0),
    "push_sweep": ("channels.push_tasks.sweep", 3600.0),
    "past": ("channels.past_tasks.read_past", 5.0),
    "handshakes": ("channels.connecting_tasks.look_into_handshakes", 2.0),
    "ingest": ("inbox.tasks.ingest", 2.0),
    "drafts": ("inbox.tasks.drafts_sweep", 1.0),
    "presence": ("inbox.tasks.presence_sweep", 2.0),
    "clocks": ("inbox.tasks.clocks", 2.0),
    "bulk": ("inbox.tasks.bulk", 2.0),
    "promises": ("inbox.tasks.promises", 5.0),
    "rule_trials": ("inbox.tasks.try_rules", 5.0),
    "consults": ("inbox.tasks.consults_sweep", 30.0),
    "index": ("inbox.tasks.index", 2.0),
    "give_out": ("inbox.tasks.give_out", 2.0),
    "books": ("opsconsole.reports.tasks.books", 2.0),
    "wake": ("inbox.tasks.wake", 5.0),
    "take_back": ("inbox.tasks.take_back", 15.0),
    "close_quiet": ("inbox.tasks.close_quiet", 60.0),
    "series": ("campaigns.tasks.write_series", 30.0),
    "imports": ("campaigns.tasks.run_imports", 2.0),
    "old_imports": ("campaigns.tasks.sweep_imports", 3600.0),
    "rehearsals": ("campaigns.tasks.rehearse", 5.0),
    "approvals": ("campaigns.tasks.approvals", 5.0),
    "links": ("campaigns.tasks.check_links", 5.0),
    "links_ahead": ("campaigns.tasks.look_ahead_at_links", 30.0),
    "links_sweep": ("campaigns.tasks.forget_links", 3600.0),
    "live_presence": ("campaigns.tasks.live_presence", 2.0),
    "tell": ("opsconsole.tasks.tell", 2.0),
    "settle": ("opsconsole.tasks.settle", 2.0),
    "reconcile": ("channels.tasks.reconcile_due", 1.0),
    "reap": ("channels.tasks.reap", settings.REAPER_SECONDS),
    "pictures": ("inbox.tasks.pictures", 600.0),
    "leave": ("opsconsole.tasks.leave", 60.0),
    "retention": ("inbox.tasks.retention", 3600.0),
    "digest": ("inbox.tasks.digest", 60.0),
    "followers": ("channels.counting_tasks.count_followers", 60.0),
    "paid_reads": ("channels.counting_tasks.forget", 3600.0),
    "heartbeat": ("channels.tasks.heartbeat", 1.0),
    "alarms": ("opsconsole.tasks.alarms", 5.0),
}


def beat_schedule() -> dict[str, dict[str, object]]:
    """Return the table in Celery's own form."""
    return {
        name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
        for name, (task, seconds) in BEAT.items()
    }
