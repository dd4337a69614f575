from typing import Any

from tests.casefile.readiness.pairs import Pair
from tests.casefile.samples import concern


def of(**fields: Any) -> dict[str, Any]:
    return {"concerns": [concern(**fields)]}


PAIRS = {
    "concern-without-response": Pair(
        of(),
        [
            of(response="Invented."),
            of(done="Invented."),
            of(strategy_discussion_on="2031-05-30"),
            of(status="closed"),
        ],
        where="/concerns/0/response",
    ),
}
