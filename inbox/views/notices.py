"""What I have been told: the list, the number on the bell, what knocks at the desktop, and my settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.notices import notice_preference_set, notice_read, notices_read
from inbox.notice_forms import NoticePreferenceForm
from inbox.notice_words import NOTICE_WORDS
from inbox.notices import NoticeKind
from inbox.selectors.notices import newest_id, newest_to_knock, notice_page, preference_of
from inbox.views.base import ActorRequest, for_people, number
from opsconsole.kernel.errors import DomainError
from opsconsole.people.screens import blame


@require_GET
@for_people
def notices(request: ActorRequest) -> HttpResponse:
    """List what I have been told, newest first."""
    page = notice_page(request.actor, cursor=request.GET.get("cursor", ""))
    rows = [{"row": row, "words": NOTICE_WORDS[NoticeKind(row.kind)]} for row in page.rows]
    newest = page.rows[0].pk if page.rows else 0
    return render(request, "inbox/notices.html", {"page": page, "rows": rows, "newest": newest})


@require_GET
@for_people
def bell(request: ActorRequest) -> HttpResponse:
    """Draw the bell alone."""
    return render(request, "components/_bell.html")


@require_GET
@for_people
def knock(request: ActorRequest) -> JsonResponse:
    """Return what shall knock at the desktop after a notice; without one, where to begin."""
    since = number(request.GET.get("since"), -1, -1, 10**9 - 1)
    if since < 0:
        return JsonResponse({"newest": newest_id(request.actor.person_id), "notices": []})
    rows = newest_to_knock(request.actor, since)
    newest = rows[-1].pk if rows else since
    return JsonResponse({"newest": newest, "notices": [_knock(row) for row in rows]})


def _knock(row: Any) -> dict[str, str]:
    """The desktop shows who, never what was said: it may be seen by others."""
    said, _name, _icon = NOTICE_WORDS[NoticeKind(row.kind)]
    who = str(row.conversation.contact) if row.conversation else ""
    return {"tag": f"notice-{row.pk}", "title": str(said), "body": who, "url": _url(row.pk)}


def _url(notice_id: int) -> str:
    return reverse("inbox:notice", args=[notice_id])


@require_GET
@for_people
def notice(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Lead to what a notice is about, which reads it."""
    found = notice_read(request.actor, notice_id=notice_id)
    if "rule" in found.data:
        return redirect("inbox:rule", rule_id=found.data["rule"])
    if "account" in found.data:
        return redirect("channels:account", account_id=found.data["account"])
    if "post" in found.data:
        return redirect("campaigns:post", post_id=found.data["post"])
    if "consult" in found.data:
        return redirect("inbox:consult", consult_id=found.data["consult"])
    if "alarm" in found.data:
        return redirect("channels:watch")
    if found.conversation_id is None:
        return redirect("inbox:notices")
    return redirect("inbox:conversation", conversation_id=found.conversation_id)


@require_POST
@for_people
def read(request: ActorRequest) -> HttpResponse:
    """Mark all that was on the screen as read."""
    notices_read(request.actor, up_to=number(request.POST.get("up_to"), 0, 0, 10**9 - 1))
    return redirect("inbox:notices")


@require_http_methods(["GET", "POST"])
@for_people
def settings(request: ActorRequest) -> HttpResponse:
    """Show and change how I want to be told."""
    stored = preference_of(request.actor.person_id)
    form = NoticePreferenceForm(request.POST or None, stored=stored)
    if form.is_valid():
        try:
            notice_preference_set(request.actor, **form.values())
        except DomainError as error:
            blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("inbox:notice_settings")
    context = {"form": form, "rows": form.rows()}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/notice_settings.html", context, status=status)
