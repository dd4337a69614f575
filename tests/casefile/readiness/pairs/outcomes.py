from typing import Any

from tests.casefile.readiness.pairs import Pair
from tests.casefile.samples import ref


def outcome(**fields: Any) -> dict[str, Any]:
    return {"outcomes": [{"id": ref("outcome"), "what": "Invented outcome.", **fields}]}


def lacking(field: str, value: Any) -> Pair:
    done = {"status": "achieved"}
    withdrawn = {"withdrawn": {"on": "2031", "why": "Invented."}}
    return Pair(
        outcome(), [outcome(**{field: value}), outcome(**done), outcome(**withdrawn)],
        where=f"/outcomes/0/{field}",
    )  # fmt: skip


PAIRS = {
    "outcome-without-risk": lacking("risk", "Invented risk."),
    "outcome-without-consequence": lacking("consequence", "Invented."),
    "outcome-without-measure": lacking("measure", "Invented."),
    "outcome-without-owner": lacking("owner", {"role": "Invented"}),
    "outcome-without-date": lacking("due_on", "2031-09"),
}
