"""What the columns of a file of posts hold, as the template and the screen say it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.importing.columns import Column

C = Column
HELP: dict[Column, Promise] = {
    C.TITLE: _("The headline. A blog article needs one."),
    C.TEXT: _("What goes out where no column below says otherwise. On a blog it is Markdown."),
    C.ACCOUNTS: _(
        "Names, handles (@name) or numbers (#12), each on its own line or parted by commas or "
        "semicolons."
    ),
    C.DATE: _("Year first: 2026-10-09."),
    C.TIME: _("14:30, or with seconds."),
    C.ZONE: _("As Asia/Seoul, which holds where nothing is typed."),
    C.CAMPAIGN: _("Its name, or its number (#12) where two have the same."),
    C.STATE: _("“Draft” or “Scheduled”; a draft where nothing is typed."),
    C.X_TEXT: _("Own words for X. For one account alone: a column “Text for” with its name."),
    C.FACEBOOK_TEXT: _("Own words for Facebook."),
    C.BLOG_TEXT: _("Own words for blogs."),
    C.X_THREAD: _(
        "What follows on X, one post under the other. Between two of them stands a line of "
        "three dashes (---). For one account alone: a column “Thread for” with its name."
    ),
    C.FACEBOOK_COMMENTS: _(
        "Comments of the Page under its post, the first one first, parted by a line of three "
        "dashes (---)."
    ),
    C.EXCERPT: _(
        "The summary of a blog article. For one blog alone: “Summary for” with its name."
    ),
    C.CATEGORIES: _(
        "Categories of the blog, by name or number (#3), each on its own line or parted by "
        "commas or semicolons. For one blog alone: “Categories for” with its name."
    ),
    C.IMAGES: _(
        "Images of the library by name or number (#12), in their order, each on its own line. "
        "A blog takes the first as its featured image."
    ),
    C.ALT_TEXTS: _(
        "What the images show: a line for each, in the same order. An empty line takes the "
        "description of the library."
    ),
    C.LEFT_OUT: _(
        "Images that do not go out on an account, one account to a line: “account: image; image”."
    ),
    C.ANNOUNCED: _(
        "“Yes”: posts on X and Facebook wait until the article stands on the blog, and carry "
        "its address."
    ),
    C.LINK_TAG: _(
        "What the campaign is called in links (utm_campaign). Where nothing is typed links "
        "stay as they are."
    ),
    C.LATENESS: _(
        "If it cannot leave at its time: minutes that it may be late, “Ask a person” or “Do not send it late”. "
        "Where nothing is typed: 30 minutes."
    ),
}
