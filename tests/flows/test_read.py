"""Reading: the two duties, true on a day and known at a moment."""

import pytest

from app.demo import story
from app.errors import NotFound
from app.flows import read, respond, send
from app.flows.respond import Said
from tests.flows.conftest import HEAD, RECEIVER, SENDER, WORKER, Two
from tests.flows.test_crossing import PERSON, TODAY, acceptance, begin


def test_a_backdated_acceptance_has_two_answers(two: Two) -> None:
    """A conference on Friday that is typed on Monday: on Sunday the plan had passed, and nobody
    who looked on Sunday could know it."""
    handover = begin(two)
    send.notify(two.sender, WORKER, handover, story.notification(TODAY))
    send.dispatch(two.sender, WORKER, handover, [], None)
    two.run()
    respond.say(two.receiver, WORKER, handover, "acknowledgement", Said({}, {"person": PERSON}))
    two.clock.forward(days=3)
    said = acceptance(two, handover, 0)
    typed = Said(said.codes, said.words, None, "2026-12-18")
    respond.say(two.receiver, HEAD, handover, "acceptance", typed)
    two.run()

    def holders(on: str, known: str | None) -> set[str]:
        for site in (two.sender, two.receiver):
            shown = read.duties(site, HEAD, handover, on, known)
        return {child["plan_held_by"] for child in shown["children"]}

    assert holders("2026-12-20", None) == {RECEIVER}
    assert holders("2026-12-20", "2026-12-20") == {SENDER}
    assert holders("2026-12-17", None) == {SENDER}
    assert holders("2026-12-18", "2026-12-21T15:00:00Z") == {RECEIVER}
    with pytest.raises(NotFound, match="not-known-then"):
        holders("2026-12-18", "2026-12-18T14:59:59Z")
