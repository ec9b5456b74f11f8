"""Receipts that the database could not take: files that outlive a crash, until it can take them."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from channels.types import Receipt


def receipt_keep(delivery_id: int, receipt: Receipt) -> Path:
    """Write a receipt to the disk; it is there when this returns. OSError when that is impossible."""
    folder = Path(settings.SPOOL_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    body = {
        "delivery": delivery_id, "external_id": receipt.external_id, "url": receipt.url,
        "posted_at": receipt.posted_at and receipt.posted_at.isoformat(),
        "is_held": receipt.is_held,
    }  # fmt: skip
    path = folder / f"{delivery_id}.receipt"
    with path.with_suffix(".part").open("w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    path.with_suffix(".part").replace(path)
    _sync(folder)
    return path


def receipts_kept() -> Iterator[tuple[Path, int, Receipt]]:
    """Yield what is kept: file, delivery and receipt. Another worker may take one away at any time."""
    for path in sorted(Path(settings.SPOOL_ROOT).glob("*.receipt")):
        try:
            body = json.loads(path.read_text())
        except FileNotFoundError:
            continue
        at = body["posted_at"]
        receipt = Receipt(
            body["external_id"], body["url"], at and datetime.fromisoformat(at),
            is_held=body["is_held"],
        )  # fmt: skip
        yield path, body["delivery"], receipt


def _sync(folder: Path) -> None:
    """Make the names in a folder outlive a crash, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
