"""Everything the console says exists in Korean, whole and in one voice, and is compiled."""

import re
from pathlib import Path

import django
import polib
import pytest
import rest_framework
from django.utils import translation
from rest_framework.exceptions import NotAuthenticated

from tests.architecture.sentences import Sentence, in_python, in_template, marked
from tests.architecture.source import ROOT

LOCALES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
KOREAN = ROOT / "locale/ko/LC_MESSAGES/django.po"
HANGUL = re.compile("[가-힣]")
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #0]*\d*(?:\.\d+)?[a-z]|%[sd%]|\{\w*\}")
MARKUP = re.compile(r"</?\w+[^>]*>")
#: What is the same in both languages, on purpose.
SAME = {"English", "VIP", "X"}
#: A particle whose form depends on the last sound of what is filled in.
PARTICLE = re.compile(r"(%\(\w+\)[sd]|\))(을|를|은|는|이|가|과|와|으로|로|아|야)(?![가-힣])")
#: The one word that always ends in a consonant: "유나 님" or "시스템".
KNOWN_ENDING = "%(actor)s이"
DOUBTFUL = re.compile(
    r"이\(가\)|가\(이\)|을\(를\)|를\(을\)|은\(는\)|는\(은\)|와\(과\)|과\(와\)|\(으\)로"
)
FAMILIAR = re.compile(r"(?<!세)요[.!?]")


def entries(path=KOREAN):
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def key(entry):
    return Sentence(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def words(entry):
    """A translation's forms, each with the English it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural, form) for form in entry.msgstr_plural.values()]


def faults(is_fault, path=KOREAN):
    return [
        f"{english!r} -> {said!r}"
        for entry in entries(path)
        for english, said in words(entry)
        if said and is_fault(english, said)
    ]


def test_there_is_a_korean_catalogue():
    assert KOREAN in LOCALES


def test_every_marked_sentence_is_in_the_catalogue_and_no_other():
    source, known = marked(), {key(entry) for entry in entries()}
    missing = sorted(f"{source[s]}: {s.singular}" for s in set(source) - known)
    assert missing == [], "python3 dev.py messages brings them in"
    assert sorted(s.singular for s in known - set(source)) == []


@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_nothing_is_untranslated_in_doubt_or_left_over(path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_every_plural_has_all_its_forms(path):
    plural = polib.pofile(str(path)).metadata["Plural-Forms"]
    forms = int(re.search(r"nplurals=(\d+)", plural)[1])
    wrong = [
        entry.msgid
        for entry in entries(path)
        if entry.msgid_plural and len([f for f in entry.msgstr_plural.values() if f]) != forms
    ]
    assert wrong == []


@pytest.mark.parametrize("part", [PLACEHOLDER, MARKUP], ids=["placeholders", "markup"])
@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_translations_keep(part, path):
    assert (
        faults(lambda en, said: sorted(part.findall(en)) != sorted(part.findall(said)), path) == []
    )


@pytest.mark.parametrize("path", LOCALES, ids=str)
def test_the_compiled_catalogue_is_fresh(path):
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert {key(entry): words(entry) for entry in compiled} == {
        key(entry): words(entry)
        for entry in entries(path)
        if all(said for _english, said in words(entry))
    }


def test_nothing_stays_english_by_accident():
    assert faults(lambda en, said: not HANGUL.search(said) and en not in SAME) == []


def test_particles_do_not_depend_on_what_is_filled_in():
    def wrong(_english, said):
        return PARTICLE.search(said.replace(KNOWN_ENDING, "")) or DOUBTFUL.search(said)

    assert faults(wrong) == []


def test_sentences_end_as_they_do_in_english_and_in_one_register():
    assert faults(lambda en, said: " " in en and en.endswith(".") != said.endswith(".")) == []
    assert faults(lambda en, said: en.endswith((":", "…")) and en[-1] != said[-1]) == []
    assert faults(lambda _en, said: FAMILIAR.search(said)) == []


def test_the_glossary_and_the_catalogue_use_the_same_words():
    table = (ROOT / "docs/GLOSSARY.md").read_text(encoding="utf-8").partition("## Korean")[2]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("|")][2:]
    chosen = {row[1].strip(): row[2].strip() for row in rows}
    said = {entry.msgid: entry.msgstr for entry in entries() if not entry.msgctxt}
    assert len(chosen) > 30
    assert {term: word for term, word in chosen.items() if said.get(term, word) != word} == {}
    assert [
        word for word in chosen.values() if not any(word in text for text in said.values())
    ] == []


@pytest.mark.parametrize(("language", "said"), [("ko", "수신함"), ("en", "Inbox")])
def test_each_language_speaks_its_own_words(language, said):
    with translation.override(language):
        assert translation.gettext("Inbox") == said


def test_borrowed_sentences_are_still_said_by_the_libraries():
    theirs = {
        entry.msgid
        for folder in (Path(django.__file__).parent, Path(rest_framework.__file__).parent)
        for path in folder.glob("**/locale/ko*/LC_MESSAGES/django.mo")
        for entry in polib.mofile(str(path))
    }
    source = (ROOT / "opsconsole/kernel/borrowed.py").read_text(encoding="utf-8")
    ours = {sentence.singular for sentence in in_python(source)}
    assert len(ours) > 30
    assert sorted(ours - theirs) == []


def test_refusals_of_the_libraries_are_said_in_our_words():
    with translation.override("ko"):
        assert str(NotAuthenticated().detail) == "인증 정보가 없습니다."


# --- the extraction these tests stand on ---


def test_python_sentences_are_found_however_they_are_written():
    source = """
_("one")
gettext_lazy(
    "two "
    'halves'
)
ngettext("%(n)d row", "%(n)d rows", n)
pgettext_lazy("verb", "Open")
_(variable)
"""
    assert set(in_python(source)) == {
        Sentence("", "one"),
        Sentence("", "two halves"),
        Sentence("", "%(n)d row", "%(n)d rows"),
        Sentence("verb", "Open"),
    }


def test_template_sentences_are_found_however_they_are_written():
    source = """
{% translate "one" %}{% translate 'Open' context "verb" %}{{ x|default:_("none") }}
{% include "a.html" with label=_("Sent") only %}
{% blocktranslate with name=user %}Hello {{ name }}, 100 %{% endblocktranslate %}
{% blocktranslate count n=rows trimmed %}
  {{ n }} row
{% plural %}
  {{ n }} rows
{% endblocktranslate %}
"""
    assert set(in_template(source)) == {
        Sentence("", "one"),
        Sentence("verb", "Open"),
        Sentence("", "none"),
        Sentence("", "Sent"),
        Sentence("", "Hello %(name)s, 100 %%"),
        Sentence("", "%(n)s row", "%(n)s rows"),
    }
