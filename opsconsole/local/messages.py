"""The verb `messages`: the catalogues in locale/ take up the sentences of the source and are compiled."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from opsconsole.local.packages import install_packages
from opsconsole.local.places import temporary_directory
from opsconsole.local.problems import Problem
from opsconsole.local.processes import ROOT
from opsconsole.local.terminal import say

#: What speaks to people; the tests do not, and the sandbox is a stranger with a voice of its own.
SOURCES = ("templates", "opsconsole", "channels", "inbox", "campaigns", "guidelines")
LEFT_OUT = shutil.ignore_patterns("sandbox", "static", "migrations", "__pycache__")
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")
#: Dates of creation and the tools' own names change without any sentence having changed.
CHURN = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date|X-Generator): .*\n', re.MULTILINE)


def messages() -> int:
    """Bring every catalogue up to date and compile it; say what still needs words."""
    _need_gettext()
    with temporary_directory("messages") as (folder, _held):
        template = _extract(folder)
        for catalogue in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
            _merge(catalogue, template)
            compiled = catalogue.with_suffix(".mo")
            counted = _tool(
                "msgfmt", "--check-format", "--statistics", "-o", str(compiled), str(catalogue)
            )
            say(f"  ok  {catalogue.relative_to(ROOT)}: {counted.strip()}")
            for entry in _untranslated(catalogue):
                say(f"\n{entry}")
    return 0


def _need_gettext() -> None:
    """Install GNU gettext when we may; raises Problem when it is missing after that."""
    missing = any(shutil.which(tool) is None for tool in TOOLS)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install_packages(["gettext"])
    if any(shutil.which(tool) is None for tool in TOOLS):
        raise Problem(
            "GNU gettext is needed: on Debian and Ubuntu install it with sudo apt-get install gettext."
        )


def _extract(folder: Path) -> Path:
    """Gather the marked sentences of a copy of the source: the extraction writes beside what it reads."""
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    (folder / "locale").mkdir()
    command = [sys.executable, "-P", "-m", "django", "makemessages", "--all", "--keep-pot"]
    command += ["--no-location", "--no-wrap", "--extension", "py,html"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    _run(command, cwd=folder, env=env)
    return folder / "locale" / "django.pot"


def _merge(catalogue: Path, template: Path) -> None:
    """Add what is new, drop what is gone, sort. Nothing is guessed from similar sentences."""
    quiet = ("--quiet", "--no-wrap", "--sort-output")
    _tool(
        "msgmerge", *quiet, "--no-fuzzy-matching", "--no-location", "--backup=none", "--update",
        str(catalogue), str(template),
    )  # fmt: skip
    kept = _tool("msgattrib", "--no-obsolete", "--no-wrap", "--sort-output", str(catalogue))
    catalogue.write_text(CHURN.sub("", kept), encoding="utf-8")


def _untranslated(catalogue: Path) -> list[str]:
    found = _tool("msgattrib", "--untranslated", "--no-wrap", str(catalogue))
    return found.strip().split("\n\n")[1:]  # the first is the header


def _tool(*command: str) -> str:
    """Run one tool of gettext; returns what it says on either stream."""
    return _run(list(command), cwd=ROOT, env=os.environ | {"LC_ALL": "C.UTF-8", "LANGUAGE": "en"})


def _run(command: list[str], *, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise Problem(f"{command[0]} could not do it:\n{done.stdout.strip()}")
    return done.stdout
