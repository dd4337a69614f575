"""Bodies take work and memory in proportion to their size, through the whole door."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests import growth
from tests.api.asgi import Call, call
from tests.api.conftest import Standing
from tests.casefile import samples
from tests.flows.conftest import RECEIVER
from tests.test_growth import CASES, JSON

DRAFTS = "/v1/drafts"


def as_json(name: str, size: int) -> bytes:
    return JSON[name](size).encode()


def case(name: str, size: int) -> bytes:
    asked: dict[str, Any] = {"recipient": RECEIVER, "own_reference": "F/1"}
    value = samples.case(**CASES[name](size // 2))
    return json.dumps({**asked, "transfer": "cp_permanent", "case_file": value}).encode()


BODIES: dict[str, Callable[[int], bytes]] = {
    **{name: partial(as_json, name) for name in JSON},
    "words": lambda n: json.dumps({"words": {str(one): 1 for one in range(n)}}).encode(),
    "unknown": lambda n: json.dumps(dict.fromkeys(map(str, range(n)), 1)).encode(),
    **{name: partial(case, name) for name in ("wrong fields", "the same id", "unresolved")},
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body(standing: Standing, name: str) -> None:
    headers = standing.sending.desk().headers
    path = standing.path("/v1/drafts/{draft}/notification") if name == "words" else DRAFTS

    def send(size: int) -> Callable[[], Call]:
        data = BODIES[name](size)
        pieces = [data[at : at + 16_384] for at in range(0, len(data), 16_384)]

        def sent() -> Call:
            done = call(standing.sending.http.app, "POST", path, headers, pieces)
            assert done.status == 422, done.body
            return done

        return sent

    growth.check(send, 100, spare=200)
