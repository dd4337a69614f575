"""Random case files whose entries refer to each other, dense enough that every pattern is there."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.casefile.model import CaseFile
from tests.casefile.samples import ref
from tests.casefile.strategies import texts

CHILDREN = [ref(f"child {number}") for number in range(3)]
PEOPLE = [ref(f"person {number}") for number in range(2)]
MOST = 5
"""Entries of each section."""


def _own(section: str) -> list[str]:
    return [ref(f"{section} {number}") for number in range(MOST)]


def _some(*among: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(among)


def _usual(needed: dict[str, Any], maybe: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects whose other fields are there more often than not."""
    often = {name: st.one_of(value, value, st.none()) for name, value in maybe.items()}
    return st.fixed_dictionaries({**needed, **often}).map(
        lambda drawn: {name: value for name, value in drawn.items() if value is not None}
    )


_near = st.dates(date(2030, 1, 1), date(2030, 12, 31)).map(str)
_far = st.dates().map(str)
_cut = st.tuples(st.one_of(_near, _near, _far), _some(10, 10, 10, 7, 4))
dates = _cut.map(lambda pair: pair[0][: pair[1]])
moments = st.one_of(dates, dates, _near.map(lambda day: f"{day}T23:59:59-12:00"))
_who = st.one_of(
    st.fixed_dictionaries({"person": _some(*PEOPLE, *CHILDREN)}),
    st.fixed_dictionaries({"name": texts, "agency": _some("school", "family")}),
)
_seen = _usual(
    {"child": _some(*CHILDREN)},
    {
        "seen": _some(True, True, False), "alone": st.booleans(), "on": moments, "by": _who,
        "said": texts,
    },
)  # fmt: skip
_said = st.sampled_from(["'He fell.'", "'he  FELL.'", "'I dropped him.'"])
_reviews = [ref(f"review {number}") for number in range(4)]


def _section(name: str, needed: dict[str, Any], maybe: dict[str, Any]) -> Any:
    """Some entries of a section, each with its own id; some superseding others, some withdrawn."""
    more = {
        "supersedes": _some([], [], [], [_own(name)[0]], [_own(name)[1]]),
        "withdrawn": _some(None, None, None, {"on": "2031", "why": "Wrong."}),
    }
    entry = _usual({**needed, **more}, maybe)
    return st.lists(entry, min_size=4, max_size=MOST).map(
        lambda entries: [{**one, "id": own} for own, one in zip(_own(name), entries, strict=False)]
    )


_children_of = st.lists(_some(*CHILDREN), max_size=2)
_sections: dict[str, Any] = {
    "children": st.lists(
        st.fixed_dictionaries(
            {"status": _some("living", "living", "unborn")},
            optional={
                "born_on": dates,
                "names": st.lists(st.fixed_dictionaries({"kind": _some("legal"), "full": texts})),
            },
        ),
        min_size=1, max_size=len(CHILDREN),
    ).map(lambda some: [{**one, "id": own} for own, one in zip(CHILDREN, some, strict=False)]),
    "people": _some([], [{"id": PEOPLE[0], "names": [{"kind": "legal", "full": "<b>&"}]}]),
    "moves": _section("moves", {}, {"moved_on": dates, "children": _children_of}),
    "worker_changes": _section(
        "worker_changes", {"on": dates, "role": texts}, {"children": _children_of}
    ),
    "plans": _some(_reviews[:2], _reviews).flatmap(
        lambda those: st.tuples(*[st.fixed_dictionaries({"id": _some(one), "on": dates})
                                  for one in those])
    ).map(lambda held: [{"id": ref("plan"), "kind": "other", "reviews": list(held)}]),
    "outcomes": _section(
        "outcomes",
        {"what": texts},
        {"progress": st.lists(
            st.fixed_dictionaries(
                {"on": dates, "code": _some("improved", "worse")},
                optional={"review": _some(*_reviews)},
            ), max_size=4,
        )},
    ),
    "chronology": _section(
        "chronology",
        {
            "when": st.fixed_dictionaries({"start": moments}, optional={"circa": st.booleans()}),
            "agency": _some("gp", "family"), "what": texts,
            "kind": _some("injury", "disclosure", "missed_appointment", "no_access",
                          "change_of_worker"),
        },
        {
            "impact": _some("negative", "positive", "mixed", "neutral"), "source": _who,
            "seen": st.lists(_seen, min_size=1, max_size=2), "explanation": _said,
            "concern": _some(*_own("concerns")),
        },
    ),
    "concerns": _section(
        "concerns",
        {"kind": _some("allegation", "physical_signs", "report_by_other"), "what": texts},
        {
            "when": st.fixed_dictionaries({"start": moments}), "raised_at": moments,
            "raised_by": _who, "spoken_to": st.lists(_seen, min_size=1, max_size=2),
            "explanation": _said,
            "events": st.lists(_some(*_own("chronology")), max_size=2),
        },
    ),
    "contacts": _section(
        "contacts", {"at": moments}, {"by": _who, "seen": st.lists(_seen, min_size=1, max_size=2)}
    ),
    "neglect_grades": _section(
        "neglect_grades",
        {
            "child": _some(*CHILDREN), "tool": _some("other"), "assessed_on": dates,
            "area": _some("safety", "Safety ", "<love>"), "grade": st.one_of(_some("4"), texts),
        },
        {"tool_name": texts},
    ),
}  # fmt: skip
SECTIONS = tuple(_sections)


def _read(value: dict[str, Any]) -> CaseFile:
    return CaseFile.model_validate({"v": 1, **value})


cases: st.SearchStrategy[CaseFile] = st.fixed_dictionaries(_sections).map(_read)
