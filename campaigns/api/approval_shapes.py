"""How approvals look in the API, and what may be said about them."""

from rest_framework import serializers

from campaigns.lifecycle import ApprovalState, ReleaseState
from campaigns.models import ApprovalRequest, ApprovalVoice, EmergencyRelease
from opsconsole.kernel.api import Strict
from opsconsole.people.api.shapes import PersonShape

APPROVAL_STATES = [state.value for state in ApprovalState]
RELEASE_STATES = [state.value for state in ReleaseState]


class VoiceShape(serializers.ModelSerializer[ApprovalVoice]):
    """Somebody who is asked, and what they said; `guest` names who spoke in their stead."""

    user = PersonShape(read_only=True)

    class Meta:
        model = ApprovalVoice
        fields = ["step", "user", "is_open", "agrees", "word", "guest", "at"]
        read_only_fields = fields


class ApprovalShape(serializers.ModelSerializer[ApprovalRequest]):
    """One revision put before those who must agree. `digest` is what their word is bound to."""

    state = serializers.ChoiceField(choices=APPROVAL_STATES, read_only=True)
    post = serializers.IntegerField(source="post_id", read_only=True)
    revision = serializers.IntegerField(source="revision.number", read_only=True)
    asked_by = PersonShape(read_only=True)
    step_count = serializers.SerializerMethodField()

    class Meta:
        model = ApprovalRequest
        fields = [
            "id", "state", "post", "revision", "digest", "step", "step_count", "asked_by",
            "asked_at", "expires_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_step_count(self, row: ApprovalRequest) -> int:
        """Return of how many steps it is."""
        return len(row.steps)


class ReleaseShape(serializers.ModelSerializer[EmergencyRelease]):
    """A release without approval: who asked, and who confirmed."""

    state = serializers.ChoiceField(choices=RELEASE_STATES, read_only=True)
    asked_by = PersonShape(read_only=True)
    given_by = PersonShape(read_only=True, allow_null=True)

    class Meta:
        model = EmergencyRelease
        fields = ["state", "digest", "reason", "asked_by", "asked_at", "given_by", "given_at"]
        read_only_fields = fields


class AskRequest(Strict):
    """Until when it can be decided, when that is earlier than the post's time."""

    expires_at = serializers.DateTimeField(required=False, default=None, allow_null=True)


class WordRequest(Strict):
    """A word with the decision; a no needs one."""

    word = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)


class ReleaseRequest(Strict):
    """Why it cannot wait for approval."""

    reason = serializers.CharField(max_length=500)
