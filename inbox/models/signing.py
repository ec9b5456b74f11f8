"""Who answered, in two letters: co-tags of operators, and which accounts carry them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.cotags import Style


class CoTag(models.Model):
    """The initials of one operator, on one account or on every account (`account` empty).

    Initials are kept in capitals. A retired one stays: answers of its time are still read by it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cotags"
    )
    account = models.ForeignKey(
        "channels.ChannelAccount", on_delete=models.CASCADE, null=True, related_name="cotags"
    )
    initials = models.CharField(_("initials"), max_length=6)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Reader: whose answer a native reply was.
            models.UniqueConstraint(
                fields=["initials", "account"],
                name="cotag_unique_per_account",
                condition=Q(is_active=True),
                nulls_distinct=False,
            ),
            # Reader: what is put under this operator's answer.
            models.UniqueConstraint(
                fields=["user", "account"],
                name="cotag_one_per_operator",
                condition=Q(is_active=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"^{self.initials}"


class Signing(models.Model):
    """Whether answers of an account end in a co-tag, and how. Accounts without a row: on, after a blank."""

    account = models.OneToOneField(
        "channels.ChannelAccount", on_delete=models.CASCADE, related_name="signing"
    )
    is_on = models.BooleanField(default=True)
    style = models.CharField(
        max_length=8,
        choices=[(style.value, style.value) for style in Style],
        default=Style.BLANK,
    )

    def __str__(self) -> str:
        return f"signing of {self.account_id}"
