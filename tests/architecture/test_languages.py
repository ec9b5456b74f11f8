"""Every sentence the console says exists in Korean, and the compiled files are fresh."""

import re

import polib
import pytest

from tests.architecture.source import ROOT, tracked

LOCALES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
KOREAN = [path for path in LOCALES if path.parts[-3] == "ko"]
HANGUL = re.compile("[가-힣]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def test_there_is_a_korean_catalogue():
    assert KOREAN


@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_nothing_is_untranslated_or_in_doubt(path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("path", KOREAN, ids=str)
def test_translations_keep_their_placeholders(path):
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(path))
        if not entry.obsolete and not entry.msgid_plural
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_the_compiled_catalogue_is_fresh(path):
    compiled = path.with_suffix(".mo")
    assert compiled.exists()
    wanted = {
        e.msgid: e.msgstr for e in polib.pofile(str(path)) if not e.obsolete and not e.msgid_plural
    }
    shown = {e.msgid: e.msgstr for e in polib.mofile(str(compiled)) if not e.msgid_plural}
    assert {k: v for k, v in wanted.items() if v} == {k: v for k, v in shown.items() if k}


def test_every_marked_sentence_is_in_the_korean_catalogue():
    known = {
        entry.msgid for path in KOREAN for entry in polib.pofile(str(path)) if not entry.obsolete
    }
    marked = re.compile(r"""\b(?:_|gettext|gettext_lazy)\(\s*"((?:[^"\\]|\\.)+)"\s*[,)]""")
    in_template = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
    missing = set()
    for name in tracked():
        if name.startswith(("tests/", "channels/sandbox/")) or not name.endswith((".py", ".html")):
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        found = in_template.findall(text) if name.endswith(".html") else marked.findall(text)
        sentences = {one if isinstance(one, str) else one[0] or one[1] for one in found}
        missing |= {f"{name}: {s}" for s in sentences if s.replace('\\"', '"') not in known}
    assert sorted(missing) == []
