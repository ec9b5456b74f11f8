"""Who signs answers on a blog, from the screen to the site."""

import uuid

import pytest

from channels.actions.signatures import account_signature_set
from inbox.actions.replies import reply_send
from inbox.models import Message
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Invalid
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.people import make_user
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("signs_as", "name", "number"), [("operator", "유나", 2), ("user:1", None, 1), ("", None, 2)]
)
def test_an_answer_is_signed_as_the_account_wants_and_comes_back_as_ours(
    sandbox, run_background, signs_as, name, number
):
    line = connect(sandbox, "blog")
    line.say("질문이에요")
    run_background()
    account_signature_set(SYSTEM, account_id=line.account.pk, signs_as=signs_as)
    yuna = make_user(role="operator", unit=line.account.unit, nickname="유나")
    (asked,) = Message.objects.filter(direction="inbound")
    reply_send(
        actor_for(yuna), conversation_id=asked.conversation_id, answers_id=None,
        text="답변입니다", request_key=uuid.uuid4(),
    )  # fmt: skip
    run_background()
    line.due()
    run_background()
    answer = Message.objects.get(direction="outbound")
    there = sandbox.control("item", id=f"{line.there['id']}:{answer.external_id}")
    assert there["author"] == number
    if name:
        assert there["author_name"] == name
    assert Message.objects.filter(direction="inbound").count() == 1


def test_what_is_no_signature_is_refused():
    blog = make_account(kind="blog")
    for wrong in ("user:", "user:0", "user:abc", "somebody", "user:99999999999"):
        with pytest.raises(Invalid):
            account_signature_set(SYSTEM, account_id=blog.pk, signs_as=wrong)
    with pytest.raises(Invalid):
        account_signature_set(SYSTEM, account_id=make_account(kind="x").pk, signs_as="operator")


def test_the_screen_keeps_the_choice(client):
    blog = make_account(kind="blog")
    client.force_login(make_user(role="administrator", unit=blog.unit, language="en"))
    address = f"/accounts/{blog.pk}/signature/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"who": "user", "number": ""}).status_code == 422
    assert client.post(address, {"who": "user", "number": "17"}).status_code == 302
    blog.refresh_from_db()
    assert blog.signs_as == "user:17"
    assert 'value="17"' in client.get(address).content.decode()
