"""What is named somewhere exists: tasks, layers, migrations, distributions."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from opsconsole.celery import app
from opsconsole.kernel import doorbell
from opsconsole.wiring import BEAT, DOORBELLS, beat_schedule
from tests.architecture.source import python

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def registered():
    app.loader.import_default_modules()
    app.finalize()
    return set(app.tasks)


def test_every_doorbell_is_answered(registered):
    assert set(doorbell.connected().values()) <= registered
    assert dict(doorbell.connected()) == DOORBELLS


def test_the_beat_calls_only_what_exists(registered):
    assert {task for task, _seconds in BEAT.values()} <= registered


def test_every_doorbell_that_is_rung_is_connected():
    rung = {
        name
        for path in python("opsconsole/", "channels/", "inbox/", "campaigns/")
        for name in re.findall(r'ring_on_commit\("(\w+)"\)', path.read_text())
    }
    assert rung == set(DOORBELLS)


def test_every_doorbell_has_a_sweep_behind_it():
    swept = {task for task, _seconds in BEAT.values()}
    assert set(DOORBELLS.values()) <= swept


def test_a_call_of_the_beat_expires_before_the_next():
    for entry in beat_schedule().values():
        assert entry["options"] == {"expires": entry["schedule"]}


def test_layers_hold():
    linted = subprocess.run(
        [sys.executable, "-P", "-m", "importlinter.cli"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_no_distribution_owns_our_names():
    owners = packages_distributions()
    for name in ("channels", "inbox", "campaigns", "guidelines", "opsconsole"):
        assert owners.get(name, []) in ([], ["opsconsole"])


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_are_named_for_what_they_do():
    ours = {"people", "audit", "channels", "inbox", "campaigns"}
    loader = MigrationLoader(None)
    names = [name for app_label, name in loader.disk_migrations if app_label in ours]
    assert names
    assert [name for name in names if "auto" in name] == []
