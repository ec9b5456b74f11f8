"""The certificate of a post or a launch: a page to print, and the same as CSV and JSON."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.certificate_rows import HEADINGS, as_row
from campaigns.downloads import csv_file
from campaigns.selectors.certificates import (
    Certificate,
    certificate_of_launch,
    certificate_of_post,
)
from opsconsole.kernel.errors import NotFound
from opsconsole.people.screens import ActorRequest, for_people


@require_GET
@for_people
def of_post(request: ActorRequest, post_id: int) -> HttpResponse:
    """Certify one post."""
    made = certificate_of_post(request.actor, post_id)
    return _shown(request, made, f"certificate-post-{post_id}")


@require_GET
@for_people
def of_launch(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Certify the launch posts of a campaign."""
    made = certificate_of_launch(request.actor, campaign_id)
    return _shown(request, made, f"certificate-campaign-{campaign_id}")


def _shown(request: ActorRequest, made: Certificate, name: str) -> HttpResponse:
    form = request.GET.get("format", "html")
    if form == "html":
        return render(request, "campaigns/certificate.html", {"certificate": made})
    rows = [as_row(line) for line in made.lines]
    if form == "csv":
        cells = [["" if row[key] is None else row[key] for key in HEADINGS] for row in rows]
        return csv_file([HEADINGS, *cells], name)
    if form != "json":
        raise NotFound
    body = {"name": made.name, "made_at": made.made_at.isoformat(), "lines": rows}
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return JsonResponse(body, headers=headers, json_dumps_params={"ensure_ascii": False})
