"""Files of posts through the API: upload, state, rows, commit, undo; and the export."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Import, Post
from tests.factories.campaigns import make_post
from tests.factories.imports import posts_file, row_of, run_imports


@pytest.fixture
def seo(company, client_of):
    return client_of(company.seo)


def upload(client, unit, content, **given):
    body = {"unit": unit.pk, "file": SimpleUploadedFile("posts.csv", content)} | given
    return client.post("/api/v1/imports/", body, format="multipart")


def test_a_file_becomes_posts(company, seo):
    content = posts_file(
        row_of(company.account, "first"), row_of(company.account, "second", Accounts="Nobody")
    )
    key = str(uuid4())
    answers = [upload(seo, company.mobile, content, request_key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    number = answers[0].json()["id"]
    assert answers[1].json()["id"] == number
    assert answers[0].json()["state"] == "reading"
    run_imports()
    shown = seo.get(f"/api/v1/imports/{number}/").json()
    assert (shown["state"], shown["total"], shown["rows"]["good"]) == ("checked", 2, 1)
    (row,) = seo.get(f"/api/v1/imports/{number}/rows/?state=faulty").json()["results"]
    assert (row["number"], row["faults"][0]["code"]) == (3, "unknown_account")
    assert row["faults"][0]["detail"] == "There is no account “Nobody”."
    assert row["cells"]["accounts"] == "Nobody"
    assert not Post.objects.exists()
    seo.post(f"/api/v1/imports/{number}/commit/", {"as_drafts": True}, format="json")
    run_imports()
    (row,) = seo.get(f"/api/v1/imports/{number}/rows/?state=made").json()["results"]
    assert row["post"] == Post.objects.get().pk
    assert Post.objects.get().state == "draft"
    assert seo.get("/api/v1/imports/").json()["results"][0]["made"] == 1
    seo.post(f"/api/v1/imports/{number}/undo/", format="json")
    run_imports()
    assert seo.get(f"/api/v1/imports/{number}/").json()["state"] == "undone"


def test_refusals(company, seo, client_of):
    assert upload(seo, company.mobile, b"a\x00b").json()["code"] == "encoding"
    assert upload(seo, company.home, b"a,b").status_code == 403
    assert upload(client_of(company.ana), company.mobile, b"a,b").status_code == 403
    assert upload(seo, company.mobile, b"").json()["code"] == "empty"
    made = upload(seo, company.mobile, posts_file(row_of(company.account, ""))).json()["id"]
    run_imports()
    commit = f"/api/v1/imports/{made}/commit/"
    assert seo.post(commit, {}, format="json").json()["code"] == "no_rows"
    assert seo.post(f"/api/v1/imports/{made}/undo/", {}, format="json").status_code == 409
    assert client_of(company.chioma).post(commit, {}, format="json").status_code == 404
    assert client_of(company.chioma).get("/api/v1/imports/").status_code == 403
    assert Import.objects.count() == 1


def test_a_list_is_exported(company, seo):
    make_post(company.account, body="words", scheduled=True)
    answer = seo.get("/api/v1/posts/export/?view=upcoming", HTTP_ACCEPT="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    with pytest.warns(Warning, match="synchronously"):
        assert "words" in b"".join(answer).decode("utf-8-sig")
    assert seo.get("/api/v1/posts/export/?file=pdf").status_code == 422
