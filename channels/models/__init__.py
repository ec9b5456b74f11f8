"""Tables of the channels app."""

from channels.models.accounts import ChannelAccount, Credential
from channels.models.deliveries import Delivery, DeliveryAttempt, DeliveryMedia
from channels.models.items import InboundItem

__all__ = [
    "ChannelAccount",
    "Credential",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryMedia",
    "InboundItem",
]
