"""What staff publish: posts, how they read before, who let them out, the campaigns and the series behind them."""

from campaigns.models.approval import (
    ApprovalLink,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalVoice,
    EmergencyRelease,
    PostComment,
)
from campaigns.models.campaign import Campaign
from campaigns.models.imports import Import, ImportRow
from campaigns.models.library import LibraryImage
from campaigns.models.links import LinkCheck
from campaigns.models.live import (
    LiveDesk,
    LiveLine,
    LivePlace,
    LivePresence,
    LiveSnippet,
    LiveWord,
)
from campaigns.models.news import PostNews
from campaigns.models.planning import CalendarFeed, DailyGoal
from campaigns.models.post import Post, PostImage, PostPart, PostTarget
from campaigns.models.rehearsal import Rehearsal
from campaigns.models.revision import PostRevision
from campaigns.models.scratch import Scratch
from campaigns.models.series import Series

__all__ = [
    "ApprovalLink",
    "ApprovalPolicy",
    "ApprovalRequest",
    "ApprovalVoice",
    "CalendarFeed",
    "Campaign",
    "DailyGoal",
    "EmergencyRelease",
    "Import",
    "ImportRow",
    "LibraryImage",
    "LinkCheck",
    "LiveDesk",
    "LiveLine",
    "LivePlace",
    "LivePresence",
    "LiveSnippet",
    "LiveWord",
    "Post",
    "PostComment",
    "PostImage",
    "PostNews",
    "PostPart",
    "PostRevision",
    "PostTarget",
    "Rehearsal",
    "Scratch",
    "Series",
]
