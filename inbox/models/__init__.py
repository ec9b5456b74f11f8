"""Tables of the inbox."""

from inbox.models.bulk import BulkJob, BulkRow
from inbox.models.clocks import Calendar, CalendarVersion, Closing, SlaPolicy, Wait
from inbox.models.consult import Consult, ConsultLink
from inbox.models.conversation import Assignment, Contact, Conversation, ConversationTag, Tag
from inbox.models.desk import Desk
from inbox.models.duty import HandOverNote, OperatorProfile, Shift, Turn
from inbox.models.follow_up import FollowUp
from inbox.models.message import Message, MessageRevision, Note, Reply
from inbox.models.notice import Notice, NoticePreference
from inbox.models.person import ContactNote, Person
from inbox.models.picture import Picture
from inbox.models.reading import ReadMark
from inbox.models.routing import RoutingRule, RuleRun, RuleTrial, UnitStay
from inbox.models.saved_reply import SavedReply
from inbox.models.saved_view import HomeView, SavedView
from inbox.models.search import SearchEntry, SearchPending
from inbox.models.signing import CoTag, Signing
from inbox.models.writing import Draft, Lease, Presence

__all__ = [
    "Assignment",
    "BulkJob",
    "BulkRow",
    "Calendar",
    "CalendarVersion",
    "Closing",
    "CoTag",
    "Consult",
    "ConsultLink",
    "Contact",
    "ContactNote",
    "Conversation",
    "ConversationTag",
    "Desk",
    "Draft",
    "FollowUp",
    "HandOverNote",
    "HomeView",
    "Lease",
    "Message",
    "MessageRevision",
    "Note",
    "Notice",
    "NoticePreference",
    "OperatorProfile",
    "Person",
    "Picture",
    "Presence",
    "ReadMark",
    "Reply",
    "RoutingRule",
    "RuleRun",
    "RuleTrial",
    "SavedReply",
    "SavedView",
    "SearchEntry",
    "SearchPending",
    "Shift",
    "Signing",
    "SlaPolicy",
    "Tag",
    "Turn",
    "UnitStay",
    "Wait",
]
