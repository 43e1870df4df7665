"""A message as Discord's webhooks take it: an embed, in which nothing that people wrote acts. Pure."""

import json
import re
from datetime import datetime

from aioplantops.severity import Severity

from .telling import Message

DISCORD_WEBHOOK = re.compile(r"https?://[^/?#\s@]+/api/(?:v\d+/)?webhooks/\d+/[\w-]+")
"""Discord names several hosts; some people have a proxy in between."""
COLOURS = {Severity.INFO: 0x3BA55D, Severity.WARNING: 0xFAA61A, Severity.CRITICAL: 0xED4245}
MARKDOWN = re.compile(r"([\\*_~`|>\[\]()#<@])")


def discord_body(message: Message, at: datetime) -> bytes:
    """Write a webhook's body (Discord's documentation, "Execute Webhook"); mentions are switched off."""
    embed = {
        "title": escape(message.title),
        "description": escape(message.body),
        "color": COLOURS[message.severity],
        "timestamp": at.isoformat(),
        "footer": {"text": "PlantOps"},
    }
    return json.dumps({"username": "PlantOps", "embeds": [embed], "allowed_mentions": {"parse": []}}).encode()


def escape(text: str) -> str:
    """Take from a text what Discord's Markdown would make of it."""
    return MARKDOWN.sub(r"\\\1", text)
