"""Which parameters X knows, under its old and its new names, and how it refuses the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.sandbox.clock import parse_time
from channels.sandbox.wire import Call, words
from channels.sandbox.x_errors import invalid

#: What spec 2.167 renamed; everything else kept its name.
RENAMED: Mapping[str, str] = {
    "tweet.fields": "post.fields",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "pinned_tweet_id": "pinned_post_id",
}

TWEET_FIELDS = words(
    "article attachments author_id card_uri community_id context_annotations conversation_id "
    "created_at display_text_range edit_controls edit_history_tweet_ids entities geo id "
    "in_reply_to_user_id lang media_metadata non_public_metrics note_tweet organic_metrics "
    "possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings "
    "scopes source suggested_source_links text withheld"
)
USER_FIELDS = words(
    "affiliation confirmed_email connection_status created_at description entities id "
    "is_identity_verified location most_recent_tweet_id name parody pinned_tweet_id "
    "profile_banner_url profile_image_url protected public_metrics receives_your_dm "
    "subscription subscription_type url username verified verified_followers_count "
    "verified_type withheld"
)
MEDIA_FIELDS = words(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics "
    "preview_image_url promoted_metrics public_metrics type url variants width"
)
OLD_EXPANSIONS = words(
    "article.cover_media article.media_entities attachments.media_keys "
    "attachments.media_source_tweet attachments.poll_ids author_id edit_history_tweet_ids "
    "entities.mentions.username entities.note.mentions.username geo.place_id "
    "in_reply_to_user_id referenced_tweets.id referenced_tweets.id.author_id "
    "referenced_tweets.id.attachments.media_keys"
)
NEW_EXPANSIONS = words(
    "article.cover_media article.media_entities attachments.media_keys attachments.poll_ids "
    "author_id edit_history_post_ids entities.mentions.username geo.place_id "
    "in_reply_to_user_id referenced_posts referenced_posts.author_id"
)
FIELD_PARAMS = frozenset({"tweet.fields", "user.fields", "media.fields", "poll.fields",
                          "place.fields", "expansions"})  # fmt: skip
PAGE_PARAMS = frozenset(
    {"max_results", "pagination_token", "since_id", "until_id", "start_time", "end_time"}
)
USER_PARAMS = frozenset({"user.fields", "tweet.fields", "expansions"})
_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True)
class Wanted:
    """What a read asked to see."""

    tweet_fields: frozenset[str]
    user_fields: frozenset[str]
    media_fields: frozenset[str]
    expansions: frozenset[str]
    new_names: bool

    def name(self, old: str) -> str:
        """Return a field's name as this answer spells it."""
        return RENAMED.get(old, old) if self.new_names else old


def _both(names: frozenset[str], spec: str) -> frozenset[str]:
    """Return the names a spec accepts, given the old ones."""
    new = frozenset(RENAMED.get(name, name) for name in names)
    return {"old": names, "new": new}.get(spec, names | new)


def check_names(call: Call, allowed: frozenset[str]) -> None:
    """Refuse query parameters the endpoint does not know."""
    spec = str(call.world.setting("x_spec", call.account))
    known = _both(allowed, spec)
    errors = [
        {
            "parameters": {name: [value]},
            "message": f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]",
        }
        for name, value in call.query
        if name not in known
    ]
    if errors:
        raise invalid(errors)


def bad_value(name: str, value: str, why: str) -> dict[str, Any]:
    """Describe a parameter with a wrong value."""
    return {
        "parameters": {name: [value]},
        "message": f"The `{name}` query parameter value [{value}] {why}",
    }


def read_wanted(call: Call) -> Wanted:
    """Read the fields and expansions; refuses values that are not in the enumerations."""
    spec = str(call.world.setting("x_spec", call.account))
    expansions = {"old": OLD_EXPANSIONS, "new": NEW_EXPANSIONS}.get(
        spec, OLD_EXPANSIONS | NEW_EXPANSIONS
    )
    allowed = {
        "tweet.fields": _both(TWEET_FIELDS, spec),
        "post.fields": _both(TWEET_FIELDS, spec),
        "user.fields": _both(USER_FIELDS, spec),
        "media.fields": MEDIA_FIELDS,
        "expansions": expansions,
    }
    params, errors, asked = call.params, [], {}
    for name, values in allowed.items():
        asked[name] = [value for value in params.get(name, "").split(",") if value]
        errors += [
            bad_value(name, value, f"is not one of [{','.join(sorted(values))}]")
            for value in asked[name]
            if value not in values
        ]
    if errors:
        raise invalid(errors)
    new_names = spec == "new" or (spec == "both" and _speaks_new(params))
    return Wanted(
        tweet_fields=_old(asked["tweet.fields"] + asked["post.fields"]),
        user_fields=_old(asked["user.fields"]),
        media_fields=frozenset(asked["media.fields"]),
        expansions=frozenset(asked["expansions"]),
        new_names=new_names,
    )


def _old(names: list[str]) -> frozenset[str]:
    back = {new: old for old, new in RENAMED.items()}
    return frozenset(back.get(name, name) for name in names)


def _speaks_new(params: Mapping[str, str]) -> bool:
    text = " ".join([*params, params.get("expansions", "")])
    return "post.fields" in text or "referenced_posts" in text or "post_ids" in text


@dataclass(frozen=True)
class Window:
    """Which part of a timeline a read wants."""

    max_results: int
    since_id: int
    until_id: int
    start: float
    end: float
    token: str


def _bad_numbers(params: Mapping[str, str], count: str, smallest: int) -> list[dict[str, Any]]:
    errors = [
        bad_value(name, params[name], "does not match ^[0-9]{1,19}$")
        for name in ("since_id", "until_id")
        if name in params and not _ID.fullmatch(params[name])
    ]
    if not count.isdigit() or not smallest <= int(count) <= 100:
        errors.append(bad_value("max_results", count, f"is not between {smallest} and 100"))
    return errors


def read_window(call: Call, *, smallest: int = 5, default: int = 10) -> Window:
    """Read the paging parameters of a timeline; `since_id` wins over `start_time`."""
    params = call.params
    count = params.get("max_results", str(default))
    errors = _bad_numbers(params, count, smallest)
    times: dict[str, float] = {}
    for name in {"start_time", "end_time"} & params.keys():
        try:
            times[name] = parse_time(params[name])
        except ValueError:
            errors.append(bad_value(name, params[name], "is not a valid RFC3339 date"))
    if errors:
        raise invalid(errors)
    since = int(params.get("since_id", "0"))
    until = int(params.get("until_id", str(2**63)))
    if since >= until:
        raise invalid([bad_value("since_id", str(since), "must be less than until_id")])
    return Window(
        max_results=int(count),
        since_id=since,
        until_id=until,
        start=0.0 if since else times.get("start_time", 0.0),
        end=times.get("end_time", float("inf")),
        token=params.get("pagination_token") or params.get("next_token", ""),
    )


def check_id(value: str, name: str = "id") -> str:
    """Refuse what is not an identifier."""
    if not _ID.fullmatch(value):
        raise invalid([bad_value(name, value, "does not match ^[0-9]{1,19}$")])
    return value
