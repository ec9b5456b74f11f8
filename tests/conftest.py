"""What every test shares: its own corner of Redis, fast passwords, the sandbox, and workers at hand."""

import gc
import os
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from django.db.models import Q
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from tests.support.emptying import empty_by_deleting
from tests.support.sandbox import sandbox

__all__ = ["sandbox"]

#: Marks of tests that wait for other programs, those that wait most first.
_PATIENT = ("browser", "stack")
#: Two workers, or two runs at once, share a Redis without meeting.
_PREFIX = f"opsconsole-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"


def pytest_configure() -> None:
    """Change what the settings read from the environment before anything has used it."""
    empty_by_deleting()
    settings.REDIS_PREFIX = _PREFIX
    settings.CACHES["default"]["KEY_PREFIX"] = _PREFIX
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{_PREFIX}:"
    # Whoever drops a test's database must not meet connections at rest; the pool has tests of its own.
    settings.DATABASES["default"]["POOL_SIZE"] = 0
    if os.environ.get("OPSCONSOLE_CLUSTER"):  # made once for all: a worker's own is a copy
        database = settings.DATABASES["default"]
        database.setdefault("TEST", {})["TEMPLATE"] = database["NAME"]
    settings.CLOCK_TOLERANCE_SECONDS = 0  # tests travel in time, and the database does not
    settings.UNDO_SECONDS = 0  # what is sent may leave at once; tests of undo say otherwise
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits most, so that it ends while others still work; within that, order stays random.

    It also keeps browser tests together: their console ends with the last of them.
    """
    items.sort(key=lambda item: [not item.get_closest_marker(name) for name in _PATIENT])


def pytest_collection_finish() -> None:
    """Search seldom for rubbish, and never among what was collected: that took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Hands out test by test, but all browser tests to one process: they share one running console."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> Scheduling:
    """Group by folder; the marks that could say it (`xdist_group`) are deaf under today's pytest."""
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def own_redis() -> Iterator["redis.Redis"]:
    """A connection to the test's Redis."""
    with redis.Redis.from_url(settings.REDIS_URL, decode_responses=True) as client:
        yield client


@pytest.fixture(autouse=True)
def _nothing_left_in_redis(own_redis: "redis.Redis") -> Iterator[None]:
    """Each test begins with an empty corner; other people's keys are never touched."""
    yield
    if mine := list(own_redis.scan_iter(f"{_PREFIX}*", count=1000)):
        own_redis.delete(*mine)


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """Each test begins in the language of the source, not in that of the last page another test asked for."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _media_of_its_own(settings, tmp_path) -> None:
    """Uploads go to the test's own directory."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SPOOL_ROOT = tmp_path / "spool"


@pytest.fixture
def run_background() -> Callable[..., None]:
    """Do what the workers would do now: poll, ingest, send, read back, settle, until all is quiet."""
    return background


def background(rounds: int = 20) -> None:
    """Run the real tasks in this process; fails when they find no end."""
    from channels import tasks as channel_tasks
    from channels.actions.sending import due_count
    from channels.models import Delivery, InboundItem
    from channels.selectors.accounts import accounts_to_poll
    from inbox import tasks as inbox_tasks
    from opsconsole import tasks as house_tasks
    from opsconsole.kernel.clock import now

    for _ in range(rounds):
        due = list(accounts_to_poll(now()))
        for account in due:
            channel_tasks.poll_account(account.pk)
        inbox_tasks.ingest()
        channel_tasks.dispatch()
        channel_tasks.moderate_due()
        channel_tasks.reap()
        channel_tasks.reconcile_due()
        house_tasks.settle()
        looks = Q(state="ambiguous", next_look_at__lte=now())
        restless = (
            InboundItem.objects.filter(is_pending=True).exists()
            or due_count()
            or Delivery.objects.filter(looks | Q(is_unseen=True)).exists()
        )
        if not restless:
            return
    raise AssertionError(f"the background was still busy after {rounds} rounds")
