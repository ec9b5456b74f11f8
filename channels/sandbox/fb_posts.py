"""How posts and comments come to be on Facebook, whoever writes them. No HTTP."""

from channels.sandbox.clock import now
from channels.sandbox.rows import FbObject, FbPerson
from channels.sandbox.world import World


def make_person(world: World, name: str, *, withheld: bool = False) -> FbPerson:
    """Return the person of a name, newly registered when there is none."""
    known = world.store.fb_people.by("name", name)
    if known:
        return known[0]
    identity = world.derived_id("person", name, lowest=2 * 10**15)
    person = FbPerson(id=identity, name=name, withheld=withheld)
    return world.store.fb_people.put(person)


def make_post(
    world: World,
    page_id: str,
    author_id: str,
    message: str,
    *,
    at: float | None = None,
    photos: list[str] | None = None,
    link: str = "",
    published: bool = True,
    scheduled: float = 0.0,
    tagged: list[str] | None = None,
    visible_at: float = 0.0,
) -> FbObject:
    """Store a post on a page's wall, by the page itself or by a visitor."""
    made = now() if at is None else at
    row = world.store.fb_objects.put(
        FbObject(
            id=f"{page_id}_{world.serial()}",
            kind="post",
            page_id=page_id,
            author_id=author_id,
            message=message,
            created=made,
            updated=made,
            photos=photos or [],
            link=link,
            published=published,
            scheduled=scheduled,
            tagged=tagged or [],
            visible_at=visible_at,
        )
    )
    if published:
        world.happened("add", row)
    return row


def make_comment(
    world: World,
    parent: FbObject,
    author_id: str,
    message: str,
    *,
    at: float | None = None,
    photos: list[str] | None = None,
    visible_at: float = 0.0,
) -> FbObject:
    """Store a comment; an answer to an answer joins the same thread."""
    made = now() if at is None else at
    post = parent if parent.kind == "post" else world.store.fb_objects[parent.post_id]
    thread = parent
    if parent.kind == "comment" and parent.parent_id != post.id:
        thread = world.store.fb_objects[parent.parent_id]
    post.updated = max(post.updated, made)
    world.store.fb_objects.put(post)
    row = world.store.fb_objects.put(
        FbObject(
            id=f"{post.id.split('_')[-1]}_{world.serial()}",
            kind="comment",
            page_id=post.page_id,
            author_id=author_id,
            message=message,
            created=made,
            updated=made,
            parent_id=thread.id,
            post_id=post.id,
            photos=photos or [],
            visible_at=visible_at,
        )
    )
    world.happened("add", row)
    return row


def edit_object(world: World, row: FbObject, message: str) -> None:
    """Change a text; the id and created_time stay."""
    row.message, row.updated = message, now()
    world.store.fb_objects.put(row)
    world.happened("edited", row)


def hide_object(world: World, row: FbObject, *, hidden: bool) -> None:
    """Hide a post or comment from the public, or show it again."""
    row.hidden = hidden
    world.store.fb_objects.put(row)
    world.happened("hide" if hidden else "unhide", row)


def delete_object(world: World, row: FbObject) -> None:
    """Take a post or comment away, with everything below it."""
    for child in world.store.fb_objects.by("parent", row.id):
        delete_object(world, child)
    row.deleted = True
    world.store.fb_objects.put(row)
    world.happened("remove", row)


def created_at(row: FbObject) -> float:
    """Return when the public first could see it."""
    return row.scheduled or row.created


def is_visible(row: FbObject, at: float) -> bool:
    """Say whether the public sees a post or comment now."""
    if row.deleted or row.visible_at > at or created_at(row) > at:
        return False
    return row.published or bool(row.scheduled)
