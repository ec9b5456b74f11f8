"""Under whose name an answer stands on a blog: that of its author, where the account wants it so."""

from channels.actions.signatures import OPERATOR
from channels.models import ChannelAccount
from channels.types import Article
from opsconsole.people.models import User


def signature_of(account: ChannelAccount, author_id: int) -> Article | None:
    """Return what a blog has to be told of the author; None where its own user signs, or is another's matter."""
    if account.signs_as != OPERATOR:
        return None
    author = User.objects.only("nickname", "username").get(pk=author_id)
    return Article(author_name=str(author))
