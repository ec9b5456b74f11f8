"""Tables of the channels app."""

from channels.models.accounts import ChannelAccount, Credential
from channels.models.alarms import Alarm
from channels.models.connecting import Handshake, PlatformApp
from channels.models.coverage import CoveredStretch, Hole, PastReading
from channels.models.databases import DatabaseMark
from channels.models.deliveries import Delivery, DeliveryAttempt, DeliveryMedia
from channels.models.followers import AccountFollower, FollowerSample, FollowerWatch
from channels.models.holds import Hold, HoldInFlight
from channels.models.items import InboundItem
from channels.models.moderations import Moderation
from channels.models.push import PushDoor, PushEvent, PushSubscription
from channels.models.spending import PaidRead, Spending
from channels.models.streams import Ancestor, AncestorState, NativePost, SideStream
from channels.models.windows import RateWindow

__all__ = [
    "AccountFollower",
    "Alarm",
    "Ancestor",
    "AncestorState",
    "ChannelAccount",
    "CoveredStretch",
    "Credential",
    "DatabaseMark",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryMedia",
    "FollowerSample",
    "FollowerWatch",
    "Handshake",
    "Hold",
    "HoldInFlight",
    "Hole",
    "InboundItem",
    "Moderation",
    "NativePost",
    "PaidRead",
    "PastReading",
    "PlatformApp",
    "PushDoor",
    "PushEvent",
    "PushSubscription",
    "RateWindow",
    "SideStream",
    "Spending",
]
