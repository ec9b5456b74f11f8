"""The human behind one contact or several, and what colleagues remember about them."""

from django.conf import settings
from django.db import models


class Person(models.Model):
    """Somebody who writes to us on several networks. Only people say that two contacts are one person."""

    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "persons"

    def __str__(self) -> str:
        return f"person {self.pk}"


class ContactNote(models.Model):
    """Something lasting about a customer. Belongs to the unit in which it was written."""

    contact = models.ForeignKey("inbox.Contact", on_delete=models.CASCADE, related_name="notes")
    unit = models.ForeignKey("people.BusinessUnit", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"note about {self.contact_id}"
