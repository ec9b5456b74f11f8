"""The verbs of dev.py, once its isolated environment stands."""

import argparse
import sys
from pathlib import Path

from opsconsole.local.problems import Problem
from opsconsole.local.services import services


def main() -> int:
    """Run one verb; a Problem becomes one sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="dev.py")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("services", help="PostgreSQL and Redis only")
    verb.add_argument("--data", type=Path, default=Path(".run"))
    verb.add_argument("--throwaway", action="store_true", help="fast, not safe against a power cut")
    options = parser.parse_args()
    try:
        return services(options.data, durable=not options.throwaway)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
