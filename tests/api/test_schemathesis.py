"""The whole API by its own description, as every role and as nobody: what schemathesis makes of it.

Half of what it sends is as described and half is not. Every answer must have a status, a media
type, headers and a form that are described; what is not as described must be refused, and nothing
of ours is given to whoever shows no token. The long run: `pytest -m soak tests/api`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.transport.serialization import serialize_binary

from app.access import ROLES, Role
from tests.api.conftest import PROBLEM, Door, Standing, says_nothing, stood
from tests.api.operations import OPERATIONS, TAKE_JSON
from tests.api.sender import STATEMENT

CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance, unsupported_method,
    allow_header_conformance,
]  # fmt: skip
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CALLERS: tuple[Role | None, ...] = (*ROLES, None)
SHORT = settings(
    max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
LONG = settings(
    max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@schemathesis.serializer(STATEMENT, "application/partial-upload")
def as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else serialize_binary(value)


def asked() -> list[tuple[str, GenerationMode]]:
    """All endpoints but the one after which there is nothing to ask about; those that take nothing
    can be asked in no wrong way."""
    takes_nothing = {"exchange_who_we_are", "exchange_card", "health_live", "health_ready"}
    return [
        (name, mode)
        for name in OPERATIONS
        for mode in MODES
        if name != "drafts_discard" and not (mode is MODES[1] and name in takes_nothing)
    ]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Authorities of our own: some of what is sent here is taken."""
    with stood(tmp_path_factory.mktemp("explored")) as one:
        yield one


def explore(standing: Standing, name: str, mode: GenerationMode) -> Any:
    """A test of one endpoint of either authority."""
    doors = {
        door.site.authority: (door, schemathesis.openapi.from_asgi("/openapi.json", door.http.app))
        for door in (standing.sending, standing.receiving)
    }
    one = OPERATIONS[name]
    ids = {"draft": standing.draft, "handover": standing.handover}
    known = {part: value for part, value in ids.items() if f"{{{part}}}" in one.path}

    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        door, schema = doors[data.draw(st.sampled_from(sorted(doors)))]
        fixed = known if data.draw(st.integers(0, 3)) else {}
        operation = schema[one.path][one.method]
        case = data.draw(operation.as_strategy(mode, path_parameters=fixed or None))
        ask(door, name, case, data.draw(st.sampled_from(CALLERS)), mode)

    return run


def ask(door: Door, name: str, case: Any, role: Role | None, mode: GenerationMode) -> None:
    headers = door.desk(role).headers
    answer = case.call(headers=headers)
    checks = [*CHECKS, ignored_auth] if role else CHECKS
    if mode is GenerationMode.NEGATIVE and name in TAKE_JSON:  # elsewhere all it sends is text
        checks = [*checks, negative_data_rejection]
    case.validate_response(answer, checks=checks, headers=headers)
    if answer.status_code >= 400 and case.method != "HEAD" and "health" not in case.path:
        assert set(answer.json()) - {"pointer", "ids", "refusal"} == PROBLEM
    if answer.status_code >= 400:
        says_nothing(answer.text)


@pytest.mark.parametrize(("name", "mode"), asked())
def test_the_api_is_as_described(standing: Standing, name: str, mode: GenerationMode) -> None:
    SHORT(explore(standing, name, mode))()


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("name", "mode"), asked())
def test_the_api_is_as_described_for_long(
    standing: Standing, name: str, mode: GenerationMode
) -> None:
    LONG(explore(standing, name, mode))()
