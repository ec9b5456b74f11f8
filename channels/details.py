"""The sentences that adapters and workers write down about a platform, in the reader's language.

Adapters know no Django, and what they say is stored: it is marked here and translated when it is
shown. What a platform itself said stays as it came.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

DETAILS = (
    _("A feed can only be read."),
    _("Another delivery stands for this id."),
    _("Another site has answered than the one that was asked."),
    _("Another worker has taken over this poll."),
    _("Facebook answered in an unknown form."),
    _("Facebook answered without an id."),
    _("Facebook answered without the message's id."),
    _("Facebook leads on to a page in an unknown form."),
    _("Facebook asks for ever more pieces of the film."),
    _("Facebook took the film and does not say yet which post it is."),
    _("Facebook took the film but gave it no id."),
    _("Facebook gives out no list of followers."),
    _("Facebook took the picture but gave it no id."),
    _("No Page was chosen, or this person manages none."),
    _("No feed was found at this address."),
    _("Our app at this platform is not set up."),
    _("The REST interface of this site stands at an address that cannot be used."),
    _("The account must be reconnected."),
    _("The comment is no longer there."),
    _("The database was away; the call was not made."),
    _("The feed shows only its newest entries; those between two visits are missing."),
    _("The platform asks for patience."),
    _("The platform gave no id."),
    _("The server leads on to another address."),
    _("The site answered in an unknown form."),
    _("The site answered too slowly."),
    _("The site answered with something that is not JSON."),
    _("The site answered without a number."),
    _("The site took the picture but gave it no number."),
    _("The token of this account is being renewed."),
    _("There is more on Facebook than can be read back."),
    _("There is more on X than can be read back."),
    _("The platform's allowance is used up for now."),
    _("The platform refuses more of these calls for now."),
    _("There is no comment to answer."),
    _("This address does not answer with a feed."),
    _("This address leads on and on."),
    _("This address must not be called."),
    _("This is no WordPress site whose REST interface can be reached."),
    _("This is not an address."),
    _("This site lets no applications in: that needs https, or was switched off there."),
    _("This user may not moderate comments. Give it the role Editor."),
    _("This month's money for the account is spent."),
    _("Workers ended again and again while they took it in."),
    _("X answered in an unknown form."),
    _("X answered with something that is not JSON."),
    _("X answered without the post's id."),
    _("X does not accept our app's client id and secret."),
    _("X does not say whose credentials these are."),
    _("X searches the last seven days only; what was found before is missing."),
    _("X cannot play this file."),
    _("X gives out only the newest 800 mentions; older ones are missing."),
    _("X took the file but gave it no id."),
)


def in_words(detail: str) -> str:
    """Say a stored detail in the reader's language; what the platform said itself comes back unchanged."""
    return gettext(detail) if detail else ""
