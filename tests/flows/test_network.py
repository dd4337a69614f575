"""The network of a handover, as either side sees it, with who was found to follow."""

from typing import Any

from app.flows import adding, network, respond
from app.flows.respond import Said
from tests.casefile.samples import concern, ref
from tests.flows.acts import CHILD
from tests.flows.conftest import HEAD, WORKER, Two
from tests.flows.test_items import BUSINESS, CASE, OWNER, accept, opened
from tests.flows.test_readiness import begun, dispatch

LABEL = [{"code": "originator_consent"}]
NURSE = {**CASE["professionals"][0], "name": "Invented Nurse", "handling": LABEL}


def roles(two: Two, handover: str, caller: Any = WORKER) -> dict[str, dict[str, Any]]:
    found = network.network(two.sender, caller, handover, "To see who follows")
    return {one["role"]: one for one in found}


def test_both_see_who_leaves_who_follows_and_where_nobody_is(two: Two) -> None:
    handover = begun(two, {**CASE, "professionals": [NURSE]})
    dispatch(two, handover)
    before = roles(two, handover)
    assert before["gp"] == {
        "child": CHILD, "child_name": None, "role": "gp", "expected": True, "state": "empty",
        "told": None, "links": [],
    }  # fmt: skip
    (link,) = before["nursery"]["links"]
    assert (before["nursery"]["state"], link["who"]["name"]) == ("nobody_yet", "Invented Nurse")
    accept(two, handover, carry_forward_to=OWNER)
    assert roles(two, handover)["nursery"]["state"] == "nobody_yet", "they still look"
    said = Said(
        {"dispositions": [{"item": link["item"], "disposition": "in_new_plan"}]},
        {"items": [{"item": link["item"], "owner": {"name": "Another Nurse", "role": "Nurse"}}]},
    )
    respond.say(two.receiver, HEAD, handover, "disposition", said)
    assert set(two.run()) == {"done"}
    assert roles(two, handover)["nursery"]["state"] == "successor_named"
    (now,) = roles(two, handover)["nursery"]["links"]
    assert (now["disposition"], now["became"]["owner"]["name"]) == ("in_new_plan", "Another Nurse")
    (hidden,) = roles(two, handover, BUSINESS)["nursery"]["links"]
    assert (hidden["who"], hidden["became"], hidden["disposition"]) == (None, None, "in_new_plan")

    new = {"id": ref("practice"), "person": CHILD, "kind": "gp", "status": "applied_for"}
    worry = concern("later", what="Invented and later.")
    parts = {"parts": {"registrations": [new], "concerns": [worry]}}
    adding.supplement(two.sender, WORKER, handover, Said({}, parts))
    assert set(two.run()) == {"done"}
    assert roles(two, handover)["gp"]["state"] == "successor_named", "the case as it is now"
    assert opened(two, handover)["Invented and later."]["type"] == "concern"
