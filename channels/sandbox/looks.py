"""How the sandbox's pages are rendered: one set of templates, two languages."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from channels.sandbox.labels import translate
from channels.sandbox.wire import Call, Reply

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_for(wanted: str) -> str:
    """Return `ko` or `en` for what a browser prefers."""
    return "ko" if wanted.lower().startswith("ko") else "en"


def page(call: Call, template: str, status: int = 200, **values: Any) -> Reply:
    """Render a page that a platform shows to people; it has no part that is refreshed."""
    if "fragment" in call.params:
        return Reply(200, b"", content_type="text/html; charset=utf-8")
    language = language_for(call.headers.get("accept-language", ""))
    words = {"t": lambda text: translate(text, language), "language": language}
    text = ENVIRONMENT.get_template(template).render({**words, **values})
    return Reply(status, text, content_type="text/html; charset=utf-8")


def leads_to(address: str) -> Reply:
    """Send a browser on."""
    return Reply(302, b"", {"location": address}, "text/html; charset=utf-8")
