"""The verb `services`: PostgreSQL and Redis alone, for running the other programs by hand."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from opsconsole.local.engines import Postgres, Redis, private_directory


def services(data: Path, *, durable: bool = True) -> int:
    """Start both, print their addresses and write them to DIR/env, stop them on Ctrl-C."""
    data = private_directory(data.absolute())
    postgres = Postgres(data / "pg", data / "logs" / "postgres.log", durable=durable)
    redis = Redis(data, data / "logs" / "redis.log")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda engine: engine.start(), [postgres, redis]))
        text = f"DATABASE_URL='{postgres.url}'\nREDIS_URL='{redis.url}'\n"
        (data / "env").write_text("".join(f"export {line}\n" for line in text.splitlines()))
        print(text, end="", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        redis.service.stop()
        postgres.service.stop()
    return 0
