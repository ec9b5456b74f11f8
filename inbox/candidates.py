"""What approval is given to: exactly these words, to this line, in this way. Pure."""

import hashlib
import json
from collections.abc import Sequence


def digest_of(
    *,
    text: str,
    answers_id: int | None,
    is_private: bool,
    resolve_after: bool,
    is_part: bool = False,
    images: Sequence[str] = (),
) -> str:
    """Return the mark of a candidate; `images` name each picture and its alternative text, in order."""
    parts = [text, answers_id, is_private, resolve_after, list(images)]
    if is_part:  # what was submitted before there were part answers keeps its mark
        parts.append(True)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
