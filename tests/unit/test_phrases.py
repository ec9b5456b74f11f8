"""How acts are said in each language."""

import pytest
from django.utils import translation

from opsconsole.audit.models import Activity
from opsconsole.audit.phrases import phrase


def act(verb, **row):
    return Activity(verb=verb, **{"actor_kind": "user", "actor_name": "Yuna", "data": {}} | row)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Yuna took this"), ("ko", "Yuna 님이 담당을 맡았습니다")]
)
def test_people_are_named_as_their_language_names_people(language, said):
    with translation.override(language):
        assert phrase(act("inbox.conversation.claimed")) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The console resolved this"), ("ko", "시스템이 처리 완료했습니다")],
)
def test_the_console_is_not_spoken_of_as_a_person(language, said):
    row = act("inbox.conversation.resolved", actor_kind="system", actor_name="system")
    with translation.override(language):
        assert phrase(row) == said


def test_units_are_named_and_unknown_verbs_stand_for_themselves():
    data = {"from_unit": "mobile", "to_unit": "home", "reason": "TV"}
    row = act("inbox.conversation.handed_over", data=data)
    with translation.override("ko"):
        said = phrase(row, {"mobile": "모바일", "home": "홈"})
        assert said == "Yuna 님이 인계했습니다: 모바일 → 홈 (사유: TV)"
    with translation.override("en"):
        assert phrase(act("inbox.something.new")) == "Yuna: inbox.something.new"
