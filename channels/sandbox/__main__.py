"""Starts the sandbox: `python -m channels.sandbox --port 8100`."""

import argparse
import sys
from pathlib import Path

from channels.sandbox.protocol import make_server
from channels.sandbox.server import create_app
from channels.sandbox.world import Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m channels.sandbox",
        description="Imitates X, Facebook Pages and WordPress on this machine.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--data", type=Path, help="keep the state in this file")
    parser.add_argument("--seed", type=int, default=1, help="of credentials and of the story")
    parser.add_argument("--story", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--pace", type=float, default=12.0, help="seconds between strangers")
    return parser.parse_args()


def main() -> int:
    """Run until told to stop."""
    arguments = _arguments()
    settings = Settings(
        data=arguments.data, seed=arguments.seed, story=arguments.story, pace=arguments.pace
    )
    server = make_server(create_app(settings), arguments.host, arguments.port)

    def announce(port: int) -> None:
        sys.stdout.write(f"sandbox ready at http://{arguments.host}:{port}\n")
        sys.stdout.flush()

    server.when_ready = announce
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
