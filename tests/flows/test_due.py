"""What is due soon and what is overdue, when there is more of it than a list shows."""

from typing import Any

from app.flows import read
from app.flows.site import Site
from tests.flows import acts
from tests.flows.acts import hand_in, sealed, wire
from tests.flows.conftest import HEAD, RECEIVER, THIRD, Two
from tests.handover import make


def crowd(two: Two, third: Site, children: int, hours: int) -> None:
    """A third authority opens a handover whose own timetable has 64 steps due at once, for each of
    its children."""
    step = {**make.STEP, "n": hours, "unit": "hours"}
    steps = [{**step, "code": f"step_{n}"} for n in range(64)]
    timetable: dict[str, Any] = {**make.TIMETABLE, "steps": steps}
    body = {**make.BODIES["notification"], "timetable": timetable}
    name = make.ident("crowd")
    words = sealed(two.receiver, "notification", name, sender=THIRD)
    kin = sorted(make.ident(f"child {n}") for n in range(children))
    said = wire(third, "notification", name, words, to=RECEIVER, body=body, children=kin)
    hand_in(two.receiver, said, words.file)


def test_what_is_overdue_takes_no_place_from_what_is_due_soon(two: Two, third: Site) -> None:
    crowd(two, third, children=4, hours=1)
    two.clock.forward(hours=2)
    handover = acts.notified(two)
    assert len(read.overdue(two.receiver, HEAD).rows) == read.MAX_PAGE
    assert {one["handover"] for one in read.due_soon(two.receiver, HEAD).rows} == {handover}


def test_all_that_is_overdue_is_listed_page_by_page(two: Two, third: Site) -> None:
    handover = acts.notified(two)
    crowd(two, third, children=7, hours=1)
    two.clock.forward(days=90)
    pages = [read.overdue(two.receiver, HEAD)]
    while pages[-1].cursor is not None:
        pages.append(read.overdue(two.receiver, HEAD, pages[-1].cursor))
    assert [len(page.rows) for page in pages[:-1]] == [read.MAX_PAGE] * 2
    rows = [one for page in pages for one in page.rows]
    assert len({(one["handover"], one["child"], one["step"]) for one in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda one: one["due"])
    late = {one: read.show(two.receiver, HEAD, one)["overdue"] for one in named(rows)}
    assert late == {one: sum(row["handover"] == one for row in rows) for one in late}
    assert handover in late


def named(rows: list[dict[str, Any]]) -> set[str]:
    return {one["handover"] for one in rows}
