"""What a browser is told with every answer, what other sites' pages can do here (nothing), and that
asking changes nothing but the log."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.access import Role
from app.demo import story
from app.flows import health, setup
from app.flows.site import Site
from app.store.tables import metadata
from tests.api.conftest import Desk, Standing, code, new_draft, stood
from tests.api.operations import OPERATIONS
from tests.api.sender import Sent, issued
from tests.flows.test_crossing import TODAY

FILE = {
    "Access-Purpose": "Test",
    "Content-Disposition": 'attachment; filename="a.txt"',
    "Content-Type": "text/plain",
}
ASKING = [name for name, one in OPERATIONS.items() if one.method in ("GET", "HEAD")]
BY_OTHERS: dict[str, Role] = {
    "audit_entries": "information_governance",
    "metrics_scrape": "monitoring",
}
"""Which endpoints answer to another role than the head of service."""
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
A_YEAR = 365 * 24 * 3600
METHODS = ["TRACE", "TRACK", "CONNECT", "OPTIONS", "PROPFIND"]
FOREIGN = {
    "Origin": "https://evil.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
    "Access-Control-Request-Private-Network": "true",
}


def safe(answer: Response) -> None:
    """What stands on every answer, and what on none."""
    headers = answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    age, subdomains = headers["Strict-Transport-Security"].split("; ")
    assert int(age.removeprefix("max-age=")) >= A_YEAR
    assert subdomains == "includeSubDomains"
    assert not [name for name in headers if name.lower().startswith("access-control-")]
    assert not {"location", "set-cookie", "refresh", "server"} & set(headers)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Two authorities that no other test changes."""
    with stood(tmp_path_factory.mktemp("browsers")) as one:
        yield one


def ask(standing: Standing, desk: Desk, name: str, **more: str) -> Response:
    one = OPERATIONS[name]
    body: dict[str, Any] = {"json": {}} if one.takes else {}
    return desk.ask(one.method, standing.path(one.path), {**FILE, **more}, **body)


def side(standing: Standing, name: str) -> Any:
    return standing.sending if name.startswith("drafts") else standing.receiving


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_has_the_headers(standing: Standing, name: str) -> None:
    """Also to a page of another site."""
    nobody = ask(standing, side(standing, name).desk(None), name, Origin="https://evil.example")
    safe(nobody)
    if name in ASKING and name != "exchange_offset":
        role = BY_OTHERS.get(name, "head_of_service")
        given = ask(standing, side(standing, name).desk(role), name, Origin="https://evil.example")
        assert given.status_code == 200
        safe(given)


def test_answers_that_change_something_have_the_headers(own: Standing) -> None:
    desk = own.sending.desk()
    made = desk.post("/v1/drafts", {"recipient": "gss:E06000030", "own_reference": "B/1",
                                    "transfer": "cp_permanent",
                                    "case_file": story.case_file(TODAY)},
                     Origin="https://evil.example")  # fmt: skip
    assert made.status_code == 201
    assert made.headers.pop("Location") == f"/v1/drafts/{made.json()['id']}"
    safe(made)
    gone = desk.ask("DELETE", f"/v1/drafts/{made.json()['id']}", FOREIGN)
    assert gone.status_code == 204
    safe(gone)


def test_errors_of_every_kind_have_the_headers(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = standing.receiving.desk("head_of_service")
    large = desk.ask("POST", "/exchange/v1/statements", content=b"x" * 200_000)
    found = {
        401: standing.receiving.desk(None).get("/v1/handovers"),
        403: standing.receiving.desk("administrator").get("/v1/handovers"),
        404: desk.get("/nowhere"),
        405: desk.ask("DELETE", "/v1/handovers"),
        413: large,
        422: desk.get("/v1/handovers?limit=x"),
    }

    def broken(*_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(setup, "who_we_are", broken)
    down = health.Finding("storage-failed", "no")
    monkeypatch.setattr(health, "CHECKS", ((lambda *_: iter([down]), down),))
    http = TestClient(standing.receiving.http.app)
    found[500] = http.get("/.well-known/case-handover")
    found[503] = http.get("/health/ready")
    for status, answer in found.items():
        assert answer.status_code == status
        safe(answer)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_page_of_another_site_may_ask_nothing(standing: Standing, name: str) -> None:
    """No preflight (Fetch, 4.8) is ever granted."""
    path = standing.path(OPERATIONS[name].path)
    refused = side(standing, name).desk().ask("OPTIONS", path, FOREIGN)
    assert (refused.status_code, code(refused)) == (405, "http-405")
    safe(refused)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/v1/handovers", "/health/live", "/exchange/v1/sync"])
def test_no_method_but_those_described(standing: Standing, method: str, path: str) -> None:
    """Of TRACE not least, which would give back the token that was sent."""
    marked = {"X-Marked": "nobody-says-this"}
    refused = standing.receiving.desk().ask(method, path, marked)
    assert (refused.status_code, code(refused)) == (405, "http-405")
    assert "nobody-says-this" not in refused.text
    assert method not in refused.headers["Allow"]
    safe(refused)


@pytest.mark.parametrize("path", ["/v1/handovers/", "//v1/handovers", "/v1//handovers", "/v1"])
def test_nobody_is_redirected(standing: Standing, path: str) -> None:
    """A program that forgot TLS, or a slash, is told so and does not send its token twice."""
    assert standing.receiving.desk().get(path).status_code == 404


def kept(site: Site) -> dict[str, list[str]]:
    """All that a site keeps, but the access log and when its tokens were last used."""
    with site.database.read() as uow:
        rows = {
            name: sorted(
                repr({key: row[key] for key in row.keys() if key != "last_used_at"})  # noqa: SIM118 - a row is a tuple too
                for row in uow.connection.execute(select(table)).mappings()
            )
            for name, table in metadata.tables.items()
            if name != "access_log"
        }
    return rows | {"blobs": [f"{blob} {site.blobs.length(blob)}" for blob in site.blobs.ids()]}


def upload(standing: Standing) -> tuple[str, str]:
    """Where half a bundle lies at the receiver, and the secret to ask for it."""
    draft = new_draft(standing.sending.desk(), "B/2")
    words = {"words": story.notification(TODAY)}
    told = standing.sending.desk().post(f"/v1/drafts/{draft}/notification", words)
    assert told.status_code == 201
    peer = standing.receiving.desk(None)
    wanted = Sent(standing.two, peer, draft, *issued(standing.two.sender, draft)).wanted()
    assert wanted.patch(0, b"half").status_code == 204
    return wanted.path, wanted.secret


def test_asking_changes_nothing(own: Standing) -> None:
    """Every GET and HEAD, by whoever is let in and by nobody: what is kept is as it was; only the
    access log says who opened what."""
    path, secret = upload(own)
    people = [own.sending.desk(role) for role in ("head_of_service", "information_governance")]
    people += [own.receiving.desk(role) for role in ("head_of_service", "information_governance")]
    people += [own.sending.desk("monitoring")]
    people += [own.sending.desk(None), own.receiving.desk(None)]
    before = [kept(own.two.sender), kept(own.two.receiver)]
    assert sum(map(len, before[0].values())) > 20
    given = set()
    for name in ASKING:
        for desk in people:
            answer = ask(own, desk, name)
            if name == "exchange_offset":
                answer = own.receiving.desk(None).ask("HEAD", path, {"Upload-Secret": secret})
            if answer.status_code in (200, 204):
                given.add(name)
    assert given == set(ASKING)
    assert [kept(own.two.sender), kept(own.two.receiver)] == before


def test_what_is_kept_is_seen_to_change(own: Standing) -> None:
    """That the comparison above can fail."""
    before = kept(own.two.sender)
    new_draft(own.sending.desk(), "B/3")
    after = kept(own.two.sender)
    assert [name for name in before if before[name] != after[name]] == ["drafts", "blobs"]
