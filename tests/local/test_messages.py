"""The verb `messages`: catalogues take up new sentences, lose old ones, and change for nothing else."""

import shutil

import pytest

from opsconsole.local import messages
from opsconsole.local.problems import Problem

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n{}\n'
needs_gettext = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in messages.TOOLS), reason="needs GNU gettext"
)


def written(path, *sentences, dated=False):
    date = '"POT-Creation-Date: 2010-06-01 09:00+0900\\n"\n' if dated else ""
    entries = [f'msgid "{english}"\nmsgstr "{said}"\n' for english, said in sentences]
    path.write_text("\n".join([HEAD.format(date), *entries]), encoding="utf-8")
    return path


@needs_gettext
def test_sentences_are_taken_up_kept_dropped_and_never_guessed(tmp_path):
    catalogue = written(tmp_path / "ko.po", ("Send", "보내기"), ("Gone", "사라짐"), dated=True)
    template = written(tmp_path / "all.pot", ("Send", ""), ("Send now", ""), dated=True)
    messages._merge(catalogue, template)
    text = catalogue.read_text(encoding="utf-8")
    assert 'msgid "Send"\nmsgstr "보내기"' in text
    assert 'msgid "Send now"\nmsgstr ""' in text
    assert "Gone" not in text
    assert "fuzzy" not in text
    assert "2010" not in text
    assert messages._untranslated(catalogue) == ['msgid "Send now"\nmsgstr ""']


@needs_gettext
def test_a_second_run_changes_nothing(tmp_path):
    catalogue = written(tmp_path / "ko.po", ("Send", "보내기"))
    template = written(tmp_path / "all.pot", ("Stop", ""), ("Send", ""), dated=True)
    messages._merge(catalogue, template)
    once = catalogue.read_bytes()
    messages._merge(catalogue, template)
    assert catalogue.read_bytes() == once


@needs_gettext
def test_templates_and_modules_are_read_but_not_the_sandbox(tmp_path):
    found = messages._extract(tmp_path).read_text(encoding="utf-8")
    assert 'msgid "Inbox"' in found
    assert 'msgid "Your role does not allow this."' in found
    assert not (tmp_path / "channels" / "sandbox").exists()


def test_a_missing_gettext_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Problem, match="GNU gettext is needed"):
        messages.messages()
