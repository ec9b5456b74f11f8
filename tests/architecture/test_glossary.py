"""The glossary cannot go stale: tables without a word, and words without a table, fail here."""

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]
OURS = {"people", "audit", "channels", "inbox", "campaigns", "guidelines", "opsconsole", "reports"}


def listed() -> set[str]:
    rows = (ROOT / "docs/GLOSSARY.md").read_text().splitlines()
    names = [row.split("|")[2].strip() for row in rows if row.startswith("|") and "`" in row]
    return {found[1] for name in names if (found := re.fullmatch(r"`([a-z]+\.[A-Z]\w+)`", name))}


def concrete() -> set[str]:
    return {
        f"{model._meta.app_label}.{model.__name__}"
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.auto_created
    }


def test_every_table_has_a_word():
    assert concrete() - listed() == set()


def test_every_table_in_the_glossary_exists():
    assert listed() - concrete() == set()


def test_every_row_has_three_cells():
    rows = [row for row in (ROOT / "docs/GLOSSARY.md").read_text().splitlines() if row[:1] == "|"]
    assert all(row.count("|") == 4 for row in rows)
