"""`grant`, `restrict` and `addresses`."""

import json
from datetime import UTC, datetime, timedelta

from tests.casefile import samples
from tests.cli.conftest import arguments
from tests.cli.homes import Two

UNTIL = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
WHY = ("--purpose", "The case is hers")
LINES = ["1 Invented Road"]


def test_somebody_is_named_and_no_longer(sent: Two) -> None:
    handover, at = sent.handover, sent.receiver
    add = ["grant", "add", handover, "--subject", "user-7", "--kind", "opener"]
    assert "user-7 is opener up to" in at.ok(*add, "--until", UNTIL, *WHY)
    (one,) = at.value("grant", "list", handover)
    assert (one["subject"], one["kind"], one["granted_by"]) == ("user-7", "opener", "cli:tester")
    assert f"{one['id']}  opener    user-7  until {UNTIL}" in at.ok("grant", "list", handover)
    assert at.ok("grant", "end", handover, one["id"], *WHY) == "Ended.\n"
    assert "  ended " in at.ok("grant", "list", handover)
    at.refused("grant", "end", handover, one["id"], *WHY, code="no-such-grant", exits=4)
    at.refused(*add, "--until", "2020-01-01", *WHY, code="grant-until", exits=3)
    made = at.value(*add, "--until", UNTIL, *WHY)
    assert made["ended_at"] is None


def test_a_handover_is_restricted_and_not_any_more(sent: Two) -> None:
    handover, at = sent.handover, sent.receiver
    assert "only those named" in at.ok("restrict", handover, *WHY)
    assert "  Restricted" in at.ok("list")
    assert at.ok("restrict", handover, "--lift", *WHY) == "It is not restricted any more.\n"
    assert "Restricted" not in at.ok("list")


def test_a_protected_address_is_masked_and_revealed(two: Two) -> None:
    address = {"id": samples.ref("home"), "lines": LINES, "protection": {"reason": "adoption"}}
    closed = samples.case(addresses=[address], restricted={"reason": "adoption"})
    args = [one for one in arguments(two) if "--attach" not in str(one)][:-3]
    args[1] = two.sender.write("protected.json", closed)
    two.sender.ok(*args)
    at, handover = two.receiver, two.handover
    shown = at.run("open", handover, *WHY)
    assert json.loads(shown.stdout)["addresses"][0]["lines"] is None
    assert "1 protected address is masked" in shown.stderr
    (one,) = json.loads(at.ok("addresses", handover, *WHY))
    assert one == {"statement": "dispatch", "address": address}
    assert "it stays restricted, as the other authority sent it" in (
        at.ok("restrict", handover, "--lift", *WHY)
    )
