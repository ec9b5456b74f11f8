"""Every act that is recorded anywhere can be said in a sentence and found by its kind."""

import ast
import re
from functools import cache

import pytest

from opsconsole.audit.phrases import PHRASES
from opsconsole.reports.groups import GROUPS
from opsconsole.reports.subjects import KINDS
from tests.architecture.source import ROOT, python

APPS = ("opsconsole/", "channels/", "inbox/", "campaigns/", "guidelines/")
#: What `phrase` adds by itself, and what `record` takes for other columns.
ALWAYS, COLUMNS = {"actor"}, {"unit_id"}


@cache
def recorded() -> dict[str, set[str]]:
    """Verb -> the details it is always recorded with."""
    found: dict[str, set[str]] = {}
    for path in python(*APPS):
        if path.parent.name == "audit":  # there the verbs pass through
            continue
        functions = ast.walk(ast.parse(path.read_text()))
        for function in (node for node in functions if isinstance(node, ast.FunctionDef)):
            where = f"{path.relative_to(ROOT)}: {function.name}"
            for verb, details in acts_in(function, where):
                found[verb] = found.get(verb, details) & details
    return found


def acts_in(function: ast.FunctionDef, where: str):
    """Yield each verb that a function records, with the names of its details."""
    words = {
        node.targets[0].id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and _records(call):
            details = {word.arg for word in call.keywords} - COLUMNS
            assert None not in details, f"{where}: spell out what is recorded"
            given = call.args[1]
            for verb in verbs(words.get(getattr(given, "id", ""), given), where):
                yield verb, details


def _records(call: ast.Call) -> bool:
    """One act is recorded, or one of many is made; a verb put together stands whole elsewhere."""
    name = getattr(call.func, "id", "")
    if name == "act":
        return len(call.args) > 1 and not isinstance(call.args[1], ast.JoinedStr)
    return name == "record"


def verbs(given: ast.expr, where: str) -> list[str]:
    """The verb of a call, or both of `a if … else b`."""
    if isinstance(given, ast.IfExp):
        return verbs(given.body, where) + verbs(given.orelse, where)
    assert isinstance(given, ast.Constant), f"{where}: say the verb where it is recorded"
    return [str(given.value)]


def test_there_are_acts():
    assert len(recorded()) > 40


def test_every_verb_is_an_app_an_entity_and_what_was_done():
    assert [
        verb for verb in recorded() if not re.fullmatch(r"[a-z]+\.[a-z]+\.[a-z_]+", verb)
    ] == []


def test_every_verb_has_a_sentence_and_every_sentence_a_verb():
    assert set(recorded()) == set(PHRASES)


def test_sentences_tell_only_what_is_recorded():
    empty = {
        verb: missing
        for verb, sentence in PHRASES.items()
        if (missing := set(re.findall(r"%\((\w+)\)", str(sentence))) - recorded()[verb] - ALWAYS)
    }
    assert empty == {}


def test_every_verb_belongs_to_one_kind_of_act():
    beginnings = [beginning for _name, some in GROUPS.values() for beginning in some]
    lost = [verb for verb in PHRASES if sum(map(verb.startswith, beginnings)) != 1]
    assert lost == []


@pytest.mark.django_db
def test_every_kind_of_subject_can_be_found_and_searched():
    from opsconsole.kernel.actor import SYSTEM

    for kind in KINDS.values():
        for column in kind.words:
            assert not kind.gate(SYSTEM).filter(**{f"{column}__icontains": "x"}).exists()
