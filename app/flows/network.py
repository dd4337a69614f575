"""The network round the children of a handover, with what the receiver has said of each role that
needs a successor: for either side."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from app.access import Caller
from app.bundle.manifest import CONTENT
from app.casefile.continuity import current
from app.casefile.items import successors
from app.casefile.model import CaseFile
from app.casefile.network import network as mapped
from app.flows import continuity, disclose
from app.flows.items import became_of, called, files_of, told_and_withheld
from app.flows.site import Site
from app.handover.ledger import counting
from app.handover.when import london_date

SETTLING = frozenset({"in_new_plan", "referred_on", "resolved"})
"""What the receiver says of a role once somebody fills it. Who carries it forward still looks."""


def network(site: Site, caller: Caller, handover: str, purpose: str) -> list[dict[str, Any]]:
    """Each role that the move leaves behind: who filled it, who follows, whether they were told,
    and what became of the item that asks for a successor; roles that nobody fills are there too.
    Of what is withheld for its label only the role is told. It is the case as it is now.

    Raises as `disclose.words`.
    """
    opening = disclose.find(site, caller, handover, "dispatch", "open")
    disclose.write_down(site, caller, handover, f"dispatch/{CONTENT}", "open", purpose)
    replica, said, withheld = told_and_withheld(site, handover, opening)
    view = replica.view()
    assert view is not None
    case_file = _of_children(current(continuity.merged(said)).case_file, view.children)
    asked = {one.source: one.id for one in successors(case_file)}
    counted = counting(replica.entries, replica.counted())
    became = became_of(site, caller, handover, counted, purpose)
    names = called(files_of(said), withheld)

    def answer(entry: str) -> dict[str, Any]:
        item = asked.get(entry)
        seen = view.items.get(item) if item else None
        told = bool(seen and seen.disposition) and entry not in withheld
        return {
            "item": item if seen else None,
            "disposition": seen.disposition if seen else None,
            "became": became.get(item or "") if told else None,
        }

    return [
        _told(
            {**asdict(role), "child_name": names.get(role.child or "")},
            [{**asdict(one), **answer(one.entry)} for one in role.links],
        )
        for role in mapped(case_file, london_date(site.clock()), withheld)
    ]


def _of_children(case_file: CaseFile, handed_over: Collection[str]) -> CaseFile:
    """Those who are handed over are the ledger's; nobody adds one by words."""
    children = tuple(
        one
        if one.id in handed_over or one.scope != "handed_over"
        else one.model_copy(update={"scope": "information_only"})
        for one in case_file.children
    )
    return case_file.model_copy(update={"children": children})


def _told(role: dict[str, Any], links: list[dict[str, Any]]) -> dict[str, Any]:
    """The receiver may have named the successor whom the case file lacks."""
    found = role["state"] == "nobody_yet" and any(one["disposition"] in SETTLING for one in links)
    return {**role, "state": "successor_named" if found else role["state"], "links": links}
