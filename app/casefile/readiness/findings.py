"""What the review found and what it asks people to learn: each with a stable slug and a sentence.

The review is the learning from the serious case review for Child Q (Oxfordshire Safeguarding
Children Board). The sentences are ours. The seven findings come first, in its order.
"""

from typing import Literal, get_args

Finding = Literal[
    "risks-and-consequences", "not-enough-evidence", "starting-again", "father-left-out",
    "meeting-without-parents", "plans-and-minutes-late", "no-shared-chronology",
    "explanations-on-trust", "strengths-and-risks", "child-spoken-to-alone",
    "sharing-and-following-up",
    "plan-reviewed", "risk-after-incidents", "reflective-supervision", "neglect-tool",
    "substance-misuse", "mental-health", "making-a-difference", "lost-across-boundaries",
]  # fmt: skip

FINDINGS: dict[Finding, str] = {
    "risks-and-consequences": (
        "The plan did not always say what could happen to which child, nor what would follow if "
        "things did not change."
    ),
    "not-enough-evidence": (
        "Incidents and allegations were let go because there was not enough evidence, instead of "
        "being looked into."
    ),
    "starting-again": (
        "The family moved, the handover was late, what was known was lost, and the new workers "
        "began again."
    ),
    "father-left-out": (
        "The mother's part came first, and the father and his family were left out."
    ),
    "meeting-without-parents": (
        "Professionals believed that they could not meet without the parents."
    ),
    "plans-and-minutes-late": "Plans and minutes came late, or not to everybody.",
    "no-shared-chronology": (
        "There was no one chronology of all agencies, so risk and patterns could not be seen."
    ),
    "explanations-on-trust": "What carers said about harm was taken on trust.",
    "strengths-and-risks": (
        "Ask of each father or partner, and his family, what he offers a child and what risk he is."
    ),
    "child-spoken-to-alone": "Speak to the child alone about any allegation or sign of harm.",
    "sharing-and-following-up": (
        "Tell the child's social worker of every allegation and sign of harm, and make sure that "
        "it has been heard."
    ),
    "plan-reviewed": (
        "A neglect case needs a clear plan with dates, reviewed robustly as evidence changes."
    ),
    "risk-after-incidents": "Look at the risk assessment again after each incident.",
    "reflective-supervision": (
        "Supervise neglect cases reflectively, with an eye to what each child lives through."
    ),
    "neglect-tool": "Use a neglect tool, in all agencies.",
    "substance-misuse": (
        "Understand substance misuse, how its risk changes, and what it does to the child."
    ),
    "mental-health": "Understand what a parent's mental health means for the child's safety.",
    "making-a-difference": "Is there evidence that the plan makes a difference to the child?",
    "lost-across-boundaries": (
        "When a family crosses a boundary, services, records and relationships are lost."
    ),
}
SEVEN = get_args(Finding)[:7]
"""The review's seven findings."""
