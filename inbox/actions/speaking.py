"""Which account says an answer: the one that was asked, or its overflow account while its budget is used up."""

from django.utils.translation import gettext_lazy as _

from channels.actions.spending import answer_speaker
from channels.models import ChannelAccount
from inbox.models import Conversation
from opsconsole.kernel.errors import Conflict


def speaker_meant(
    conversation: Conversation, shown: int | None, *, is_public: bool
) -> ChannelAccount:
    """Return who says an answer that is asked for now; Conflict when its author was shown another account.

    Whoever was shown none means the account that was asked: its answer waits until there is room.
    """
    own = conversation.account
    if shown is None or not is_public:
        return own
    speaker = answer_speaker(own)
    if speaker.account.pk == shown:
        return speaker.account
    raise Conflict(
        _("This answer would leave as %(account)s now. Look once more, then send it.")
        % {"account": speaker.account},
        code="other_speaker",
    )
