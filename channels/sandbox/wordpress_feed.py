"""The comment feeds of a blog: RSS 2 and Atom, ten newest approved, conditional GET."""

import hashlib
from email.utils import format_datetime, parsedate_to_datetime
from xml.sax.saxutils import escape

from channels.sandbox.clock import moment
from channels.sandbox.rows import WpComment, WpPost
from channels.sandbox.wire import Reply
from channels.sandbox.wp_comments import comments_of, permalink, post_of
from channels.sandbox.wp_site import Site, iso
from channels.sandbox.wp_text import plain, render_comment, texturize

LENGTH = 10


def _entries(site: Site, number: int | None) -> list[WpComment]:
    rows = [
        c
        for c in comments_of(site)
        if c.status == "approved" and (number is None or c.post == number)
    ]
    return sorted(rows, key=lambda c: (c.date_gmt, c.number), reverse=True)[:LENGTH]


def _is_unchanged(site: Site, etag: str, changed: float) -> bool:
    headers = site.call.headers
    if headers.get("if-none-match"):
        return etag in headers["if-none-match"]
    since = headers.get("if-modified-since")
    try:
        return bool(since) and parsedate_to_datetime(since or "").timestamp() >= int(changed)
    except (ValueError, TypeError):
        return False


def feed(site: Site, *, atom: bool, number: int | None = None) -> Reply:
    """Return a feed, of one article or of all; one Last-Modified serves the whole site."""
    changed = max((c.date_gmt for c in comments_of(site)), default=site.call.world.started_at)
    entries = _entries(site, number)
    content = "|".join(f"{c.number}:{c.content}" for c in entries)
    etag = '"' + hashlib.md5(f"{changed}{content}{atom}".encode()).hexdigest() + '"'
    headers = {"etag": etag, "last-modified": format_datetime(moment(changed), usegmt=True)}
    if _is_unchanged(site, etag, changed):
        return Reply(304, b"", headers)
    text = _atom(site, entries, changed) if atom else _rss(site, entries, changed)
    kind = "application/atom+xml" if atom else "application/rss+xml"
    return Reply(200, text, headers, f"{kind}; charset=UTF-8")


def _post(site: Site, comment: WpComment) -> WpPost | None:
    return post_of(site, comment.post)


def _address(site: Site, comment: WpComment) -> str:
    post = _post(site, comment)
    return f"{permalink(site, post) if post else site.url + '/'}#comment-{comment.number}"


def _title(site: Site, comment: WpComment) -> str:
    post = _post(site, comment)
    name = texturize(post.title) if post else ""
    return f"\n\t\tComment on {name} by {comment.author_name}\t\t"


def _parent(site: Site, comment: WpComment) -> WpComment | None:
    parent = site.store.wp_comments.get(f"{site.slug}:{comment.parent}")
    return None if parent is None or parent.removed else parent


def _body(site: Site, comment: WpComment) -> str:
    parent = _parent(site, comment) if comment.parent else None
    head = ""
    if parent:
        link = f'<a href="{_address(site, parent)}">{parent.author_name}</a>'
        head = f"In reply to {link}.\n\n"
    return head + render_comment(comment.content)


def _rss(site: Site, entries: list[WpComment], changed: float) -> str:
    items = "".join(
        f"""
	<item>
		<title>{_title(site, c)}</title>
		<link>{escape(_address(site, c))}</link>
		<dc:creator><![CDATA[{c.author_name}]]></dc:creator>
		<pubDate>{format_datetime(moment(int(c.date_gmt)))}</pubDate>
		<guid isPermaLink="false">{escape(_address(site, c))}</guid>
		<description><![CDATA[{plain(_body(site, c))}]]></description>
		<content:encoded><![CDATA[{_body(site, c)}]]></content:encoded>
	</item>"""
        for c in entries
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel>
	<title>Comments for {escape(site.account.title)}</title>
	<atom:link href="{escape(site.url)}/comments/feed/" rel="self" type="application/rss+xml" />
	<link>{escape(site.url)}</link>
	<description></description>
	<lastBuildDate>{format_datetime(moment(int(changed)))}</lastBuildDate>
	<generator>https://wordpress.org/?v=6.8.1</generator>{items}
</channel>
</rss>
"""


def _atom(site: Site, entries: list[WpComment], changed: float) -> str:
    items = "".join(_atom_entry(site, c) for c in entries)
    return f"""<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"
	xml:lang="ko-KR" xmlns:thr="http://purl.org/syndication/thread/1.0">
	<title type="text">Comments for {escape(site.account.title)}</title>
	<updated>{iso(changed)}Z</updated>
	<link rel="alternate" type="text/html" href="{escape(site.url)}" />
	<link rel="self" type="application/atom+xml" href="{escape(site.url)}/comments/feed/atom/" />
	<id>{escape(site.url)}/comments/feed/atom/</id>
	<generator uri="https://wordpress.org/" version="6.8.1">WordPress</generator>{items}
</feed>
"""


def _atom_entry(site: Site, comment: WpComment) -> str:
    address, post = _address(site, comment), _post(site, comment)
    article = permalink(site, post) if post else site.url
    ref, parent = article, None
    if comment.parent:
        parent = _parent(site, comment)
        ref = _address(site, parent) if parent else address
    stamp = iso(comment.date_gmt)
    uri = f"\n\t\t\t<uri>{escape(comment.author_url)}</uri>" if comment.author_url else ""
    return f"""
	<entry>
		<title>{_title(site, comment)}</title>
		<link rel="alternate" href="{escape(address)}" type="text/html" />
		<author>
			<name>{comment.author_name}</name>{uri}
		</author>
		<id>{escape(address)}</id>
		<updated>{stamp}Z</updated>
		<published>{stamp}Z</published>
		<content type="html" xml:base="{escape(address)}"><![CDATA[{_body(site, comment)}]]></content>
		<thr:in-reply-to ref="{escape(ref)}" href="{escape(ref)}" type="text/html" />
	</entry>"""
