"""What every scene needs: names, and the handover as one of the two sees it."""

from typing import Any

from app.demo import story
from app.demo.client import Client

NAMES = {story.SENDER: "Oxfordshire", story.RECEIVER: "Swindon"}
BLOCKING = ("concern", "outcome")


def in_state(client: Client, handover: str, state: str) -> Any:
    """The handover, once all of its children are in this state."""
    rows = client.get("/v1/handovers?limit=200")["handovers"]
    if all(row["handover"] != handover for row in rows):
        return None
    shown = client.get(f"/v1/handovers/{handover}")
    return shown if all(child["state"] == state for child in shown["children"]) else None
