"""The page of a guest: somebody without a login, with a one-time address, on any phone, without scripts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.guest_links import guest_answer, guest_link_opened
from inbox.consult_forms import GuestForm
from inbox.selectors.consults import digest_of, lines_shown, link_of
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.kernel.rates import is_within
from opsconsole.people.guests import for_guests

#: Presses on one link in ten minutes.
MOST_PRESSES = 10


@require_http_methods(["GET", "POST"])
@for_guests("consult")
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """Show a question to a guest and take the one answer; a used or wrong address says no more than that."""
    try:
        link = link_of(token)
    except NotFound:
        return render(request, "inbox/guest_gone.html", status=404)
    with translation.override(link.language):
        request.LANGUAGE_CODE = link.language
        form = GuestForm(request.POST or None)
        if form.is_valid() and _taken(form, token):
            return redirect("inbox:guest_thanks", language=link.language)
        guest_link_opened(link)
        context = {"link": link, "lines": lines_shown(link), "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "inbox/guest.html", context, status=status)


def _taken(form: GuestForm, token: str) -> bool:
    """Give the answer in, or put the refusal on the form."""
    if not is_within(f"guest-link:{digest_of(token)}", most=MOST_PRESSES, seconds=600):
        form.add_error(None, _("Too many attempts"))
        return False
    try:
        guest_answer(secret=token, **form.cleaned_data)
    except DomainError as error:
        field = error.data.get("field")
        form.add_error(field if field in form.fields else None, str(error.message))
        return False
    return True


@require_GET
@for_guests("consult")
def thanks(request: HttpRequest, language: str) -> HttpResponse:
    """Say that the answer has arrived; tells nothing of what it was about."""
    with translation.override(language if language in {"ko", "en"} else "ko"):
        return render(request, "inbox/guest_thanks.html")
