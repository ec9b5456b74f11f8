"""The page of a guest who approves: somebody without a login, with a one-time address, without scripts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.actions.guest_links import guest_decide, guest_link_opened
from campaigns.approval_forms import GuestForm
from campaigns.contents import from_content
from campaigns.models import ApprovalLink
from campaigns.selectors.approvals import digest_of, link_of
from campaigns.selectors.library import film_opened, image_bytes
from campaigns.selectors.previews import picture_for_guest, shot_previews
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.kernel.ranges import ranged
from opsconsole.kernel.rates import is_within
from opsconsole.people.guests import for_guests

#: Pictures that one caller sees in a minute: a page has up to ten.
MOST_PICTURES = 300
#: Presses on one link in ten minutes.
MOST_PRESSES = 10


@require_http_methods(["GET", "POST"])
@for_guests("approval")
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """Show a post as it shall go out and take one word on it; a wrong or used address says no more than that."""
    try:
        link = link_of(token)
    except NotFound:
        return render(request, "inbox/guest_gone.html", status=404)
    with translation.override(link.language):
        request.LANGUAGE_CODE = link.language
        form = GuestForm(request.POST or None)
        if form.is_valid() and _taken(form, token, request.POST.get("verdict") == "approve"):
            return redirect("campaigns:guest_thanks", language=link.language)
        guest_link_opened(link)
        status = 422 if form.is_bound else 200
        return render(request, "campaigns/guest.html", _shown(link, token, form), status=status)


def _shown(link: ApprovalLink, token: str, form: GuestForm) -> dict[str, object]:
    asked = link.voice.request
    shot = from_content(asked.revision.content)
    return {
        "link": link,
        "asked": asked,
        "shot": shot,
        "cards": shot_previews(shot),
        "token": token,
        "form": form,
    }


@require_GET
@for_guests("approval-picture", most=MOST_PICTURES)
def guest_picture(request: HttpRequest, token: str, image_id: int) -> HttpResponse:
    """Show one of the pictures of the post that a guest decides about."""
    image = picture_for_guest(link_of(token), image_id)
    if image.is_film:
        return ranged(request, film_opened(image), image.size, image.content_type)
    return HttpResponse(image_bytes(image), content_type=image.content_type)


def _taken(form: GuestForm, token: str, agrees: bool) -> bool:
    """Take the word in, or put the refusal on the form."""
    if not is_within(f"guest-approval-link:{digest_of(token)}", most=MOST_PRESSES, seconds=600):
        form.add_error(None, _("Too many attempts"))
        return False
    try:
        guest_decide(secret=token, agrees=agrees, **form.cleaned_data)
    except DomainError as error:
        field = error.data.get("field")
        form.add_error(field if field in form.fields else None, str(error.message))
        return False
    return True


@require_GET
@for_guests("approval")
def thanks(request: HttpRequest, language: str) -> HttpResponse:
    """Say that the word has arrived; tells nothing of what it was about."""
    with translation.override(language if language in {"ko", "en"} else "ko"):
        return render(request, "inbox/guest_thanks.html")
