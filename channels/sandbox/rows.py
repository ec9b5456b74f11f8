"""What the sandbox remembers: one plain record per kind of thing, no behaviour."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Row:
    """Anything that is remembered under an id."""

    id: str


@dataclass
class Account(Row):
    """A company profile that somebody connects: an X user, a Facebook Page or a blog.

    `identity` is its id on the platform (user id, page id, blog slug).
    """

    platform: str
    title: str
    identity: str
    unit: str = ""
    handle: str = ""
    credentials: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass
class XUser(Row):
    """A person or company on X."""

    handle: str
    name: str
    followers: int = 0
    following: int = 0
    verified: bool = False
    protected: bool = False
    description: str = ""


@dataclass
class Grant(Row):
    """What somebody allowed an app, until the app fetches it: the id is the code, which counts once."""

    platform: str
    client_id: str
    person: str
    accounts: list[str]
    redirect_uri: str
    scopes: list[str]
    issued: float
    challenge: str = ""
    method: str = ""
    used: bool = False


@dataclass
class Token(Row):
    """A token that was lent; the id is the token itself. `expires` is 0 for one that does not end.

    All that came of one code is a `family`.
    """

    platform: str
    kind: str
    client_id: str
    person: str
    accounts: list[str]
    scopes: list[str]
    family: str
    issued: float
    expires: float = 0.0
    used: bool = False
    revoked: bool = False


@dataclass
class Tweet(Row):
    """A post on X; `text` is unescaped, `sent` is what the author typed."""

    author_id: str
    text: str
    sent: str
    created: float
    conversation_id: str
    reply_to: str = ""
    reply_to_user: str = ""
    quote_of: str = ""
    repost_of: str = ""
    mentions: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    superseded: bool = False
    deleted: bool = False
    visible_at: float = 0.0
    likes: int = 0
    reply_settings: str = "everyone"


@dataclass
class Media(Row):
    """An uploaded file, on whichever platform."""

    owner: str
    content_type: str
    filename: str = ""
    content: str = ""
    width: int = 0
    height: int = 0
    alt_text: str = ""
    title: str = ""
    category: str = ""
    state: str = "succeeded"
    ready_at: float = 0.0
    expires_at: float = 0.0
    created: float = 0.0
    number: int = 0
    total: int = 0
    problem: str = ""
    post: str = ""
    segments: dict[str, str] = field(default_factory=dict)
    published: bool = True


@dataclass
class FbPerson(Row):
    """A person on Facebook; `withheld` ones never show as `from`."""

    name: str
    withheld: bool = False


@dataclass
class FbObject(Row):
    """A post or a comment. `parent_id` is what a comment answers, empty for a post."""

    kind: str
    page_id: str
    author_id: str
    message: str
    created: float
    updated: float
    parent_id: str = ""
    post_id: str = ""
    deleted: bool = False
    hidden: bool = False
    published: bool = True
    scheduled: float = 0.0
    link: str = ""
    photos: list[str] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    sticker: bool = False
    reactions: int = 0
    visible_at: float = 0.0


@dataclass
class FbMessage(Row):
    """A private message of a page to a person, in answer to a comment."""

    page_id: str
    person_id: str
    comment_id: str
    text: str
    created: float
    visible_at: float = 0.0


@dataclass
class WpUser(Row):
    """Somebody who can sign in to a blog."""

    blog: str
    number: int
    login: str
    name: str
    role: str
    password: str
    email: str = ""
    #: Application passwords that were given away on the authorisation page: (name, app_id, password).
    given: list[list[str]] = field(default_factory=list)


@dataclass
class WpPost(Row):
    """A blog article. `due` is when the site publishes it while its status is `future`."""

    blog: str
    number: int
    author: int
    title: str
    content: str
    slug: str
    status: str
    date_gmt: float
    modified_gmt: float
    excerpt: str = ""
    categories: list[int] = field(default_factory=list)
    comment_status: str = "open"
    featured_media: int = 0
    password: str = ""
    visible_at: float = 0.0


@dataclass
class WpComment(Row):
    """A comment, pingback or trackback. `content` is as WordPress stores it: filtered HTML."""

    blog: str
    number: int
    post: int
    author_name: str
    content: str
    date_gmt: float
    parent: int = 0
    author: int = 0
    author_email: str = ""
    author_url: str = ""
    author_ip: str = "127.0.0.1"
    author_user_agent: str = ""
    status: str = "approved"
    before_trash: str = ""
    type: str = "comment"
    visible_at: float = 0.0
    removed: bool = False


@dataclass
class WpCategory(Row):
    """A category of a blog."""

    blog: str
    number: int
    name: str
    slug: str


@dataclass
class LoggedCall(Row):
    """One create call somebody made; `stored` says whether anything came to stand on the platform."""

    at: float
    platform: str
    account: str
    method: str
    path: str
    text: str
    title: str = ""
    created_id: str = ""
    stored: bool = False
    status: int = 0
    fault: str = ""


@dataclass
class Note(Row):
    """A named value that survives a restart: settings, marks of the storyteller."""

    value: dict[str, Any] = field(default_factory=dict)
