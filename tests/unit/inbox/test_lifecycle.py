"""The states of a conversation."""

from inbox.lifecycle import ACTIVE, CONVERSATION, ConversationState

S = ConversationState


def test_every_active_state_may_be_resolved_and_nothing_else_ends():
    assert {S.RESOLVED} | ACTIVE == set(S)
    assert all(CONVERSATION.allows(state, S.RESOLVED) for state in ACTIVE)


def test_a_resolved_conversation_comes_back_to_somebodys_list():
    assert CONVERSATION.moves[S.RESOLVED] == {S.NEW, S.OPEN}
