"""What is sent in the tests of commands. Everybody in it is invented."""

from datetime import UTC, datetime
from typing import Any

from tests.casefile import samples

CHILD = samples.ref("child")
NAMES = [{"full": "Zażółć Fikcyjna-Примерова \u200fبنت اختراع", "kind": "legal"}]
PURPOSE = "To plan a visit"
TODAY = datetime.now(UTC).date().isoformat()
"""What happens, happens today: nothing can be stated ahead."""
PERSON = ("--name", "Lee Example", "--role", "Duty worker", "--team", "Duty", "--phone", "01632")
DOCUMENTS = {
    "protokół narady.pdf": b"%PDF-1.7 invented\x00\xff",
    "\u200fسجل.txt": "ملاحظات\u200f\n".encode(),
    "会议记录.bin": bytes(range(256)) * 9,
}


def case_file() -> dict[str, Any]:
    return samples.case(
        children=[samples.child(names=NAMES, born_on="2025-03")],
        concerns=[samples.concern(), samples.concern("second", raised_at="2030")],
        chronology=[
            samples.event(when={"start": "2030-11", "circa": True}, what="Rang.\n\tTwice. 🙂"),
            samples.event("other", when={"start": "2030-11-02T23:30:00+01:00"}),
        ],
        attachments=[samples.attachment(number) for number in (1, 2, 3)],
    )


def notification() -> dict[str, Any]:
    child = {"id": CHILD, "status": "living", "names": NAMES}
    return {"v": 1, "fictional": True, "children": [child], "planned": "unplanned"}


def filled(template: dict[str, Any]) -> dict[str, Any]:
    """A result's template as somebody fills it in."""
    codes, words = template["codes"], template["words"]
    codes |= {"held": TODAY, "quorate": True, "sender": "attended"}
    codes |= {"family_told": True, "dissent": False}
    for result in codes["results"]:
        result |= {"result": "plan", "start": TODAY}
        result["category"]["code"] = "neglect"
    words["chair"]["name"] = "Ines Fabula"
    for one in words["items"]:
        one["owner"] = {"name": "Noor Inventado", "role": "Social worker"}
    return template
