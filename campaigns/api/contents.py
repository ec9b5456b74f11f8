"""From what a program sends about a post to what the actions take."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from campaigns.contents import Content, Picked, Placing


def content_given(given: Mapping[str, Any], base: Content | None = None) -> Content:
    """Return what was given in the action's words, over what is there."""
    asked = dict(given)
    if "targets" in asked:
        targets = asked.pop("targets")
        asked["account_ids"] = [target["account"] for target in targets]
        asked["wording"] = {target["account"]: target["text"] for target in targets}
        asked["placing"] = {
            one["account"]: Placing(
                one["parts"], one["excerpt"], one["categories"], one["left_out"]
            )
            for one in targets
        }
    if "images" in asked:
        asked["images"] = [Picked(**one) for one in asked["images"]]
    return replace(base, **asked) if base else Content(**asked)
