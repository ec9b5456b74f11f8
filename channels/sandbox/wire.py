"""One request as the platforms' handlers see it, and one answer; the HTTP server stays outside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from channels.sandbox.rows import Account

if TYPE_CHECKING:
    from channels.sandbox.world import World


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: long enumerations read better this way."""
    return frozenset(text.split())


JSON_UTF8 = "application/json; charset=utf-8"


@dataclass
class Upload:
    """One file of a multipart form."""

    filename: str
    content_type: str
    content: bytes


@dataclass
class Reply:
    """An answer. `body` is JSON-able, or bytes/str sent as they are.

    `pace` is the time between two bytes; one that `is_cut` breaks off halfway.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_UTF8
    escape_slashes: bool = False
    pace: float = 0.0
    is_cut: bool = False

    def encoded(self) -> bytes:
        """Return the body's bytes."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode("utf-8", "replace")
        text = json.dumps(self.body, ensure_ascii=self.escape_slashes, separators=(",", ":"))
        text = text.replace("/", "\\/") if self.escape_slashes else text
        # Half an emoji survives only where everything beyond ASCII is escaped.
        return text.encode("utf-8", "replace")


@dataclass
class Created:
    """What a handler brought into being, for the log of create calls."""

    id: str
    text: str
    title: str = ""


@dataclass
class Call:
    """A request to one platform, with everything read."""

    world: "World"
    platform: str
    method: str
    path: str
    raw_path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    origin: str
    mount: str
    at: float
    account: Account | None = None
    visible_after: float = 0.0
    created: Created | None = None
    _form: list[tuple[str, str]] | None = None
    _files: dict[str, Upload] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def params(self) -> dict[str, str]:
        """The query string, the last of repeated keys winning."""
        return dict(self.query)

    @property
    def visible_at(self) -> float:
        """When a row made by this call begins to show in reads."""
        return self.at + self.visible_after if self.visible_after else 0.0

    def json(self) -> Any:
        """Return the JSON body; ValueError when it is none."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """Return the fields of a form body, empty when there is none."""
        return dict(self.form_pairs())

    def form_pairs(self) -> list[tuple[str, str]]:
        """Return the fields of a form body in order."""
        if self._form is None:
            self._form = self._read_form()
        return self._form

    def files(self) -> dict[str, Upload]:
        """Return the files of a multipart body by field name."""
        self.form_pairs()
        return self._files

    def _read_form(self) -> list[tuple[str, str]]:
        if self.content_type == "application/x-www-form-urlencoded":
            return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        if self.content_type != "multipart/form-data":
            return []
        fields: list[tuple[str, str]] = []

        def on_field(part: Field) -> None:
            name = (part.field_name or b"").decode("utf-8", "replace")
            fields.append((name, (part.value or b"").decode("utf-8", "replace")))

        def on_file(part: File) -> None:
            part.file_object.seek(0)
            name = (part.field_name or b"").decode("utf-8", "replace")
            self._files[name] = Upload(
                (part.file_name or b"").decode("utf-8", "replace"),
                part.content_type or "application/octet-stream",
                part.file_object.read(),
            )
            part.close()  # large ones lie on disk

        headers = {"Content-Type": self.headers["content-type"].encode()}
        try:
            parse_form(headers, BytesIO(self.body), on_field, on_file)
        except FormParserError:
            return []
        return fields

    def fields(self) -> dict[str, Any]:
        """Return JSON object or form fields, whichever the body holds; empty when unreadable."""
        if self.content_type == "application/json":
            try:
                value = self.json()
            except ValueError:
                return {}
            return value if isinstance(value, dict) else {}
        return dict(self.form())
