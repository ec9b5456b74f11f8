"""What every inbox view shares: the signed-in actor, and answers fit for whoever asked."""

from opsconsole.people.screens import ActorRequest, for_people, number

__all__ = ["ActorRequest", "for_people", "number"]
