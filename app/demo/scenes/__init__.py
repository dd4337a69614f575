"""The scenes of the play, one function each. They do only what the API lets anybody do."""

from app.demo.scenes.continuing import supplement
from app.demo.scenes.receiving import accept, acknowledge, arrange, close, open_case
from app.demo.scenes.sending import (
    arrive,
    ask_what_is_missing,
    lose_power,
    notify,
    send_papers,
)
from app.demo.scenes.watching import overdue, verify

__all__ = [
    "accept", "acknowledge", "arrange", "arrive", "ask_what_is_missing", "close", "lose_power",
    "notify", "open_case", "overdue", "send_papers", "supplement", "verify",
]  # fmt: skip
