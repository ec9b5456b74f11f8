"""The schema describes every endpoint without a warning, and the handbook only what exists."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

ROOT = Path(__file__).resolve().parents[3]
HANDBOOK = ROOT / "docs" / "api.md"


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_the_schema_is_served(db):
    answer = APIClient().get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert "/api/v1/conversations/" in answer.json()["paths"]


def test_every_operation_has_a_name_a_place_and_words(schema):
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(names) == len(set(names))
    for path, _method, operation in operations(schema):
        assert operation["tags"][0] == path.split("/")[3]
        assert operation["summary"].endswith(".") or operation["summary"].endswith(")")


def test_every_operation_says_how_it_refuses(schema):
    for path, method, operation in operations(schema):
        wanted = {"401", "429"}
        if method != "get" and "tokens" not in path:
            wanted |= {"403", "404"}
        assert wanted <= set(operation["responses"]), (method, path)
        for status, answer in operation["responses"].items():
            if status >= "400":
                (content,) = answer["content"].items()
                assert content[0] == "application/problem+json"
                assert answer["description"]
                assert content[1]["examples"]


def test_secrets_are_in_no_answer(schema):
    shapes = schema["components"]["schemas"]
    for name, shape in shapes.items():
        for field, value in shape.get("properties", {}).items():
            if field in {"secrets", "password"} and name != "ChannelShape":
                assert value.get("writeOnly"), (name, field)


def curls():
    """Yield (method, path, body) of each example in the handbook."""
    text = HANDBOOK.read_text().replace("\\\n", " ")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for command in re.split(r"\n(?=curl)", block):
            if not command.startswith("curl"):
                continue
            words = shlex.split(command)
            method = words[words.index("-X") + 1] if "-X" in words else "GET"
            (url,) = [word for word in words if word.startswith("$HOST")]
            yield method, url.removeprefix("$HOST"), not {"-d", "-F"}.isdisjoint(words)


@pytest.mark.parametrize(("method", "url", "has_body"), list(curls()))
def test_each_example_names_an_existing_address(schema, method, url, has_body):
    match = resolve(url.partition("?")[0])
    assert "Nowhere" not in str(match.func)
    if not url.startswith("/api/v1/"):
        return
    route = "/" + re.sub(r"<int:(\w+)>", r"{\1}", match.route).replace("{pk}", "{id}")
    operation = schema["paths"][route][method.lower()]
    assert has_body == ("requestBody" in operation)


def test_the_handbook_leaves_nothing_out(schema):
    shown = {(resolve(url.partition("?")[0]).route, method) for method, url, _body in curls()}
    for path, method, _operation in operations(schema):
        route = re.sub(r"\{(\w+)\}", "1", path)
        assert (resolve(route).route, method.upper()) in shown, (method, path)
