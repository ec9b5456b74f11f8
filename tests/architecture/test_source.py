"""Rules that no linter knows."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, lines_with, python, texts, tracked

APPS = ("opsconsole/", "channels/", "inbox/", "campaigns/", "guidelines/")
CLOCKS = {"opsconsole/kernel/clock.py", "channels/sandbox/clock.py"}
#: Programs of their own, which may look at the time as they like.
PROGRAMS = ("opsconsole/local/", "opsconsole/bench/", "channels/sandbox/")


@pytest.mark.parametrize(
    ("folders", "limit"), [((*APPS, "dev.py", "manage.py"), 400), (("tests/",), 500)]
)
def test_files_are_short(folders, limit):
    long = {
        str(path.relative_to(ROOT)): length
        for path in python(*folders)
        if (length := len(path.read_text().splitlines())) >= limit and path.name != "dev.py"
    }
    assert long == {}


def test_every_module_says_what_lives_in_it():
    silent = [
        str(path.relative_to(ROOT))
        for path in python(*APPS)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_time_has_one_source():
    looks = re.compile(r"\b(?:datetime|timezone|dt)\.(?:now|utcnow|today)\(|\bdate\.today\(")
    where = [
        path
        for path in python(*APPS)
        if str(path.relative_to(ROOT)) not in CLOCKS
        and not str(path.relative_to(ROOT)).startswith(PROGRAMS)
    ]
    assert lines_with(looks, where) == []


def test_views_and_api_read_through_gates():
    objects = re.compile(r"\.objects\b|\b_default_manager\b")
    screens = [p for p in python(*APPS) if {"views", "api"} & set(p.with_suffix("").parts)]
    assert screens
    assert lines_with(objects, screens) == []


def test_nothing_is_declared_safe():
    unsafe = re.compile(r"\|\s*safe\b|\bmark_safe\b|\bSafeString\(|autoescape off|\bhtml_safe\b")
    templates = [ROOT / name for name in tracked() if name.endswith(".html")]
    assert templates
    where = [*templates, *python(*APPS)]
    assert lines_with(unsafe, [p for p in where if "sandbox" not in p.parts]) == []


def test_no_work_is_left_for_later_in_the_source():
    words = re.compile(
        "|".join(rf"\b{word}\b" for word in ("TO" + "DO", "FIX" + "ME", "X" + "XX"))
    )
    assert lines_with(words, python(*APPS, "tests/")) == []


def test_channels_has_no_drawers_for_odds_and_ends():
    odd = {
        "utils",
        "helpers",
        "common",
        "misc",
        "base",
        "manager",
        "service",
        "services",
        "client",
    }
    names = {path.stem for path in python("channels/") if "sandbox" not in path.parts}
    assert names & odd == set()


def test_signals_are_not_used():
    receivers = re.compile(r"@receiver\b|\bpost_save\b|\bpre_save\b|\bpost_delete\b")
    assert lines_with(receivers, python(*APPS)) == []


def test_tests_do_not_sleep_nor_mock():
    waits = re.compile(r"\btime\.sleep\(|\bunittest\.mock\b|\bmocker\b|\bMagicMock\b")
    outside = ("tests/local/", "tests/browser/", "tests/wordpress/", "tests/stack/", "tests/bench/",
               "tests/architecture/")  # fmt: skip
    where = [p for p in python("tests/") if not str(p.relative_to(ROOT)).startswith(outside)]
    assert lines_with(waits, where) == []


def test_no_package_registry_is_named():
    hosts = re.compile(
        "|".join(map(re.escape, ["pypi." + "org", "files.python" + "hosted.org", "registry.npmjs" + ".org",
                                 "--index" + "-url", "extra-index" + "-url"]))
    )  # fmt: skip
    found = [name for name, text in texts() if hosts.search(text)]
    assert found == []


def test_nothing_names_a_machine_or_a_workshop():
    foreign = re.compile("|".join(["/work/" + "(?:main|shared)", "/tmp/" + "team"]))
    assert [name for name, text in texts() if foreign.search(text)] == []
