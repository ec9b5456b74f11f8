"""Where words are found: one entry a line, and the lines that have no entry yet."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from inbox.lifecycle import Searchable
from inbox.models.conversation import Conversation


class SearchEntry(models.Model):
    """A message, note or customer's name as the search sees it. Derived: it can be made anew at any time.

    `words` is the folded text; `grams` its grams with their slice of time (inbox.search.words). A
    customer's name belongs to no conversation and lies in slice 0.
    """

    # No constraint: it would lock the conversation's row while an ingester may be waiting for us.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, related_name="+",
        db_constraint=False, db_index=False,
    )  # fmt: skip
    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in Searchable]
    )
    row = models.BigIntegerField()
    at = models.DateTimeField()
    words = models.TextField()
    grams = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "row"], name="search_entry_once")]
        indexes = [
            # Reader: the search. Entries are written in batches by a worker, so no list of pending ones,
            # which each of a search's look-ups would read from end to end.
            GinIndex(fields=["grams"], name="search_by_gram", fastupdate=False),
            # Reader: the newest of several hits in one conversation; single letters.
            models.Index(fields=["conversation", "-at"], name="search_by_conversation"),
            # Reader: how far back the search has to go.
            models.Index(fields=["at"], name="search_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"


class SearchPending(models.Model):
    """A line that changed since its entry was made. Searches read it directly until a worker has made one."""

    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in Searchable]
    )
    row = models.BigIntegerField()

    class Meta:
        # Reader: the search, which leaves out entries that are no longer true.
        indexes = [models.Index(fields=["kind", "row"], name="search_pending")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
