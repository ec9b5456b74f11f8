"""How pings are spelt: forms and XML-RPC in, answers in each kind's own words out. Pure.

https://www.hixie.ch/specs/pingback/pingback · https://www.w3.org/TR/webmention/ ·
https://www.sixapart.com/labs/trackback/
"""

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import SplitResult, parse_qs, urldefrag, urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from channels.addresses import fault_of_base
from channels.tidings import ONLY_TOLD
from opsconsole.kernel.text import storable

#: The longest address that is kept, and the longest words of a trackback.
LONGEST_ADDRESS, LONGEST_WORDS = 600, 2000
#: The faults of pingback, by what is wrong.
FAULTS = {
    "source": (16, "The source URI does not exist."),
    "private": (16, "The source URI does not exist."),
    "own": (49, "Access denied."),
    "same": (17, "The source URI is the target URI."),
    "target": (33, "The specified target URI cannot be used as a target."),
    "busy": (49, "Access denied: too much at once."),
    "form": (-32602, "Invalid method parameters."),
    "method": (-32601, "There is no such method."),
    "xml": (-32700, "This is not well-formed XML-RPC."),
}
#: The same in words for the other kinds.
WORDS = {
    "source": "source must be an http or https address.",
    "private": "source leads into a private network.",
    "own": "source is a page of this very site.",
    "same": "source and target are the same.",
    "target": "target is no address of this site.",
    "busy": "Too much at once; come again later.",
    "form": "source and target are needed.",
}


class NotAPing(ValueError):
    """What came cannot be a ping; the text is a key of FAULTS."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody says that a page links to an article of ours; a trackback brings words along."""

    source: str
    target: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""

    @property
    def key(self) -> str:
        """The id of the item: one for each pair, however often and through whichever door it is pinged."""
        pair = f"{self.source}\n{self.target}".encode()
        return f"{ONLY_TOLD}{hashlib.sha256(pair).hexdigest()[:40]}"

    def packed(self) -> bytes:
        """Return it as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "replace")


def unpacked(raw: bytes) -> Ping:
    """Read a stored ping."""
    return Ping(**json.loads(raw))


def webmention_in(raw: bytes) -> Ping:
    """Read a form with source and target."""
    form = _form(raw)
    return Ping(_address(form.get("source")), _address(form.get("target")))


def trackback_in(raw: bytes, target: str) -> Ping:
    """Read a trackback's form; what it is about stands in the address that was called."""
    form = _form(raw)
    words = {
        name: storable(form.get(name, ""), LONGEST_WORDS)
        for name in ("title", "excerpt", "blog_name")
    }
    return Ping(_address(form.get("url")), _address(target), **words)


def _form(raw: bytes) -> Mapping[str, str]:
    try:
        found = parse_qs(raw.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        raise NotAPing("form") from None
    return {name: values[0] for name, values in found.items()}


def _address(given: object) -> str:
    text = storable(str(given or "")).strip()
    if not text or len(text) > LONGEST_ADDRESS:
        raise NotAPing("form")
    return text


def pingback_in(raw: bytes) -> Ping:
    """Read a call of `pingback.ping`. Documents that declare entities, or anything at all, are refused."""
    try:
        call = fromstring(raw, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError, RecursionError):
        raise NotAPing("xml") from None
    if call.tag != "methodCall" or call.findtext("methodName", "").strip() != "pingback.ping":
        raise NotAPing("method")
    values = call.findall("params/param/value")
    if len(values) != 2:
        raise NotAPing("form")
    source, target = ((one.findtext("string") or one.text or "") for one in values)
    return Ping(_address(source), _address(target))


def fault_of_ping(ping: Ping, site: str, *, allow_private: bool) -> str:
    """Say what forbids a ping on sight; empty when its source may be read. `site` is the address of our blog."""
    fault = fault_of_base(urldefrag(ping.source).url, allow_private=allow_private)
    if fault:
        return "private" if fault == "private" else "source"
    if not is_on(ping.target, site):
        return "target"
    if urldefrag(ping.source).url == urldefrag(ping.target).url:
        return "same"
    return "own" if is_on(ping.source, site) else ""


def is_on(address: str, site: str) -> bool:
    """Whether an address lies on a site: the same host, "www." aside, and below its path."""
    try:
        here, there = urlsplit(address), urlsplit(site)
        if here.scheme not in {"http", "https"} or _host(here) != _host(there):
            return False
    except ValueError:
        return False
    home = there.path.rstrip("/")
    return here.path == home or here.path.startswith(f"{home}/") or not home


def _host(parts: SplitResult) -> tuple[str, int]:
    default = 443 if parts.scheme == "https" else 80
    port = parts.port or default
    # A site that moved from http to https has the same articles.
    return (parts.hostname or "").removeprefix("www."), 443 if port == 80 else port


def pingback_said(words: str) -> str:
    """Return a method's answer."""
    value = f"<value><string>{html.escape(words)}</string></value>"
    return _response(f"<params><param>{value}</param></params>")


def pingback_fault(fault: str) -> str:
    """Return a method's fault."""
    code, words = FAULTS[fault]
    members = (
        f"<member><name>faultCode</name><value><int>{code}</int></value></member>"
        f"<member><name>faultString</name><value><string>{html.escape(words)}</string></value></member>"
    )
    return _response(f"<fault><value><struct>{members}</struct></value></fault>")


def _response(inner: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<methodResponse>{inner}</methodResponse>'


def trackback_said(fault: str = "") -> str:
    """Return a trackback's answer: whatever happened, it is XML with status 200."""
    message = f"<message>{html.escape(WORDS[fault])}</message>" if fault else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><error>{1 if fault else 0}</error>{message}</response>"
    )
