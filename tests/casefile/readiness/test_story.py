"""The review's own story: each of its failings is found, and what is most serious comes first."""

from datetime import date

import pytest

from app.casefile.model import parse_case_file
from app.casefile.readiness import FINDINGS, Finding, in_order, missing
from app.casefile.readiness.findings import SEVEN
from app.demo.story.weave import weave
from tests.casefile.readiness.pairs import ON
from tests.casefile.readiness.story import FATHER, TOBY, WREN, fabulums

FOUND = missing(parse_case_file(fabulums()), ON)
TOLD: dict[Finding, set[str]] = {
    "risks-and-consequences": {
        "outcome-without-risk", "outcome-without-consequence", "plan-without-contingency",
        "risk-assessment-without-risks",
    },
    "not-enough-evidence": {
        "concern-without-response", "concern-without-next-step", "incident-without-action",
        "concern-closed-as-not-enough-evidence",
    },
    "starting-again": {
        "risk-of-starting-again-not-named", "move-without-effect", "lead-worker-not-named",
        "professional-without-contact", "professional-after-move-not-said",
        "worker-change-without-passing-on",
    },
    "father-left-out": {
        "father-not-included", "father-not-asked-to-conference", "father-absent",
        "paternal-family-not-considered", "father-responsibility-unclear",
    },
    "meeting-without-parents": {"professionals-never-met-alone"},
    "plans-and-minutes-late": {"meeting-without-minutes", "minutes-overdue"},
    "no-shared-chronology": {
        "chronology-of-one-agency", "chronology-without-sources", "chronology-starts-late",
        "chronology-with-a-hole", "chronology-stops-early",
    },
    "child-spoken-to-alone": {"child-not-spoken-to-alone", "child-not-seen-alone-lately",
                              "young-child-not-seen",
                              "concern-closed-without-hearing-the-child"},
}  # fmt: skip


@pytest.mark.parametrize("finding", TOLD)
def test_each_failing_of_the_review_is_found(finding: Finding) -> None:
    assert {gap.code for gap in FOUND if gap.finding == finding} == TOLD[finding]


def test_none_of_the_seven_is_forgotten() -> None:
    assert set(SEVEN) <= TOLD.keys()
    assert {gap.finding for gap in FOUND} <= FINDINGS.keys()


def test_each_child_is_asked_about_as_that_child_is() -> None:
    about = {child: {gap.code for gap in FOUND if gap.child == child} for child in (WREN, TOBY)}
    assert "child-not-spoken-to-alone" in about[TOBY] - about[WREN]
    assert "young-child-not-seen" in about[WREN] - about[TOBY]
    assert "father-absent" in about[TOBY] - about[WREN]
    assert next(gap for gap in FOUND if gap.code == "father-not-included").entry == FATHER


def test_the_most_serious_come_first() -> None:
    shown = [gap.seriousness for gap in in_order(FOUND)]
    assert shown == sorted(shown, key=["high", "medium", "low"].index)
    assert shown[0] == "high"
    assert shown[-1] == "low"


def test_a_case_that_is_told_well_is_asked_little() -> None:
    """The demonstration's case has failings of its own, and says most of them itself."""
    day = date(2026, 11, 27)
    gaps = missing(parse_case_file(weave("sampleton", "case", day)), day)
    assert {gap.code for gap in gaps} == {
        "address-not-confirmed", "child-not-seen-lately", "child-not-spoken-to-alone",
        "concern-closed-as-not-enough-evidence", "concern-explanation-unchecked",
        "concern-next-step-overdue", "concern-not-confirmed-heard",
        "father-not-asked-to-conference", "meeting-asked-for-and-not-fixed",
        "minutes-not-confirmed", "minutes-not-sent-to-all", "neglect-tool-absent",
        "outcome-no-better", "outcome-past-its-date", "outcome-without-consequence",
        "outcome-without-measure", "paternal-family-not-considered",
        "professional-not-told-of-move",
    }  # fmt: skip
    assert len(gaps) < 30
