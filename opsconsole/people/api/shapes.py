"""How people look in the API, and what may be said about them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from opsconsole.kernel.api import PageQuery, Strict
from opsconsole.people.models import BusinessUnit, Language, Membership, Theme, User
from opsconsole.people.roles import Ability, Role


class UnitShape(serializers.ModelSerializer[BusinessUnit]):
    """A business unit; `name` is in the reader's language."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = BusinessUnit
        fields = ["id", "slug", "name", "name_ko", "name_en", "colour"]
        read_only_fields = fields


class PersonShape(serializers.ModelSerializer[User]):
    """A colleague in passing: as author, as assignee."""

    photo = serializers.SerializerMethodField(
        help_text="Path of the photo on this server, for browsers that are signed in."
    )

    class Meta:
        model = User
        fields = ["id", "nickname", "photo"]
        read_only_fields = fields

    def get_photo(self, user: User) -> str | None:
        """Never the file's own address: photos are not public."""
        return user.photo_url or None


class MembershipShape(serializers.ModelSerializer[Membership]):
    """A role in one unit, or in every unit when `unit` is null."""

    unit = serializers.IntegerField(source="unit_id", allow_null=True, read_only=True)
    role = serializers.ChoiceField(choices=[role.value for role in Role], read_only=True)

    class Meta:
        model = Membership
        fields = ["unit", "role"]
        read_only_fields = fields


class UserShape(PersonShape):
    """A colleague with the roles that you may know of."""

    memberships = MembershipShape(many=True, read_only=True)

    class Meta(PersonShape.Meta):
        fields = [*PersonShape.Meta.fields, "memberships"]
        read_only_fields = fields


class ReachShape(serializers.Serializer[Any]):
    """Where an ability holds. `units` is null when it holds in every unit, now and later."""

    ability = serializers.ChoiceField(choices=[ability.value for ability in Ability])
    units = serializers.ListField(child=serializers.IntegerField(), allow_null=True)


class MeShape(PersonShape):
    """You, and what you may do where."""

    language = serializers.ChoiceField(choices=Language.choices)
    theme = serializers.ChoiceField(choices=Theme.choices)
    abilities = serializers.SerializerMethodField()

    class Meta(PersonShape.Meta):
        fields = ["id", "username", "nickname", "photo", "language", "theme", "abilities"]
        read_only_fields = fields

    @extend_schema_field(ReachShape(many=True))
    def get_abilities(self, user: User) -> list[dict[str, Any]]:
        """Spell out the reach of the actor in the context."""
        actor = self.context["actor"]
        return [
            {"ability": ability, "units": None if units is None else sorted(units)}
            for ability in sorted(actor.reach)
            for units in [actor.units(ability)]
        ]


class TokenRequest(Strict):
    """Who wants a token."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class TokenShape(serializers.Serializer[Any]):
    """A token, to be sent as `Authorization: Token …`."""

    token = serializers.CharField(source="key")
    user = PersonShape()


class UserQuery(PageQuery):
    """Which colleagues to list."""

    unit = serializers.IntegerField(required=False, help_text="Only those of this unit.")
    ability = serializers.ChoiceField(
        choices=[ability.value for ability in Ability],
        required=False,
        default="",
        help_text="Only those who hold this ability (in that unit, when one is given).",
    )
