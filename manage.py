"""Django's command line for this project."""

import gc
import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")
    # A command is short and keeps most of what it makes: a search for rubbish finds little, and costs
    # the migrations a sixth of their time.
    gc.set_threshold(100_000, 50, 100)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
