"""What we ask X for, in the field names of either spec generation. Nothing about answers."""

_FIELDS = (
    "id,text,author_id,conversation_id,created_at,in_reply_to_user_id,{ref},attachments,entities,"
    "lang,reply_settings,{note},{history}"
)
USER_FIELDS = "id,name,username,profile_image_url,public_metrics"
_MEDIA_FIELDS = "media_key,type,url,preview_image_url,alt_text,variants"
_EXPANSIONS = "author_id,{ref},{ref_author},attachments.media_keys"

#: Ways to ask, best first: X renames its fields in 2026, and may refuse an expansion any day.
WAYS = 4


def parameters(way: int) -> dict[str, str]:
    """Return the query of the given way: the old names, the new ones, then both without expansions.

    Source: https://docs.x.com/x-api/fundamentals/fields
    """
    is_new = way % 2 == 1
    word = "post" if is_new else "tweet"
    fields = _FIELDS.format(
        ref=f"referenced_{word}s", note=f"note_{word}", history=f"edit_history_{word}_ids"
    )
    asked = {f"{word}.fields": fields}
    if is_whole(way):
        reference = "referenced_posts" if is_new else "referenced_tweets.id"
        author = f"{reference}.author_id"
        asked |= {
            "user.fields": USER_FIELDS,
            "media.fields": _MEDIA_FIELDS,
            "expansions": _EXPANSIONS.format(ref=reference, ref_author=author),
        }
    return asked


def is_whole(way: int) -> bool:
    """Whether a way asks for everything; the others are a makeshift, worth leaving again."""
    return way < WAYS // 2


def is_refused(said: str) -> bool:
    """Whether a refusal is about the fields or expansions we asked for."""
    return any(word in said for word in (".fields", "expansions", "referenced_", "edit_history_"))
