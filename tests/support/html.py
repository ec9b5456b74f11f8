"""Reading a page as a browser would: what it says, what it could run, what its forms would send."""

from html.parser import HTMLParser

from django.http import HttpResponse

_ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href", "srcdoc"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data):
        self.words.append(data)


def read(response: HttpResponse) -> _Reader:
    """Parse an answer."""
    reader = _Reader()
    reader.feed(response.content.decode())
    reader.close()
    return reader


def text_of(response: HttpResponse) -> str:
    """Return the words of a page, entities resolved."""
    return "".join(read(response).words)


def harmless(response: HttpResponse) -> None:
    """Assert that nothing on a page runs but our own scripts."""
    for tag, attributes in read(response).tags:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "script":
            assert attributes.get("src", "").startswith("/static/"), attributes
        if tag == "img":
            assert attributes["src"].startswith(("https://", "http://", "/")), attributes
        for name in _ADDRESSES & set(attributes):
            address = attributes[name].strip().lower()
            assert address.partition(":")[0] not in {"javascript", "data", "vbscript"}, attributes


def fields_of(response: HttpResponse, form: str = "") -> dict[str, str]:
    """Return the inputs of a page by name, of one form when it is named; later ones win, as on the wire."""
    found = {}
    inside = not form
    for tag, attributes in read(response).tags:
        if tag == "form" and form:
            inside = attributes.get("id") == form
        if tag == "input" and (inside or (form and attributes.get("form") == form)):
            found[attributes.get("name", "")] = attributes.get("value", "")
    return found
