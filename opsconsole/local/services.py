"""The verb `services`: PostgreSQL and Redis alone, for running the other programs by hand."""

import signal
from pathlib import Path

from opsconsole.local.engines import Postgres, Redis
from opsconsole.local.places import lock, private_directory
from opsconsole.local.processes import stop_in_order


def services(data: Path, *, durable: bool = True) -> int:
    """Start both, print their addresses and write them to DIR/env, stop them on Ctrl-C."""
    private_directory(data)
    held = (lock(data, "services"),)
    postgres = Postgres(data / "pg", data / "logs" / "postgres.log", durable=durable, held=held)
    redis = Redis(data, data / "logs" / "redis.log", held=held)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        redis.launch()
        postgres.launch()
        redis.wait()
        postgres.wait()
        lines = [f"export DATABASE_URL='{postgres.url}'", f"export REDIS_URL='{redis.url}'"]
        (data / "env").write_text("\n".join([*lines, ""]))
        print(*lines, sep="\n", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        stop_in_order([redis.service, postgres.service])
    return 0
