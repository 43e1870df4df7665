"""A message as our own webhooks tell it: JSON, with a signature by which the receiver knows who speaks. Pure."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from .notice import Notice
from .telling import Outgoing


def webhook_body(outgoing: Outgoing) -> bytes:
    """Write the body; it is the same at each attempt."""
    told = {
        "id": str(outgoing.id),
        "created_at": outgoing.created_at.isoformat(),
        "severity": outgoing.message.severity,
        "title": outgoing.message.title,
        "body": outgoing.message.body,
        "news": [_news(notice) for notice in outgoing.news],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def webhook_headers(outgoing: Outgoing, body: bytes, secret: str, now: datetime) -> Mapping[str, str]:
    """Give the headers: what it is, when it was sent, and HMAC-SHA256 over ``<timestamp>.<body>`` (RFC 2104)."""
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-PlantOps-Delivery": str(outgoing.id),
        "X-PlantOps-Timestamp": timestamp,
        "X-PlantOps-Signature": f"sha256={signature}",
    }


def _news(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "severity": notice.severity,
        "subject": notice.subject,
        "at": notice.at.isoformat(),
        "title": notice.title,
        "body": notice.body,
        "plant_id": None if notice.plant_id is None else str(notice.plant_id),
        "device_id": notice.device_id,
    }
