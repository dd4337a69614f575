"""Documents of a draft over HTTP: they keep their names, and tricks are refused."""

from urllib.parse import quote

import pytest

from app.flows import attaching
from app.store import drafts
from tests.api.asgi import call
from tests.api.conftest import CANARY, Door, Standing, code, new_draft
from tests.flows.conftest import Two

NAMES = [
    "Minutes 3 March.pdf",
    "Scan — przykład.pdf",
    "会議録 2026年.pdf",
    "محضر الاجتماع.pdf",
    "протокол.pdf",
    "e\u0301 decomposed.pdf",
    "\u00e9 composed.pdf",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467.pdf",
    "a;b, c=d 'e' (f) %41 100%.pdf",
    ".hidden",
    " leading and trailing ",
    "x" * 255,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_keeps_its_name_exactly(standing: Standing, name: str) -> None:
    site = standing.two.sender
    assert standing.sending.desk().attach(standing.draft, 9, name, b"x").status_code == 201
    with site.database.read() as uow:
        row = drafts.attachments(uow.connection, standing.draft)[-1]
    assert attaching.name_of(site, row) == name


BAD_NAMES = [
    "../../x",
    "/etc/passwd",
    "..",
    "a\\b.pdf",
    "a/b.pdf",
    "fdp.\u202eexe",
    "\u2066x\u2069.pdf",
    "a\nb.pdf",
    "a\0b.pdf",
    "a\u2028b.pdf",
    "x" * 256,
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_a_place_or_a_trick_is_refused(standing: Standing, name: str) -> None:
    refused = standing.sending.desk().attach(standing.draft, 8, name, CANARY.encode())
    assert (refused.status_code, code(refused)) == (422, "bundle-manifest-malformed")


BAD_DISPOSITIONS = [
    "",
    "attachment",
    CANARY,
    "attachment; filename=",
    'attachment; filename=""',
    f"attachment; filename={CANARY}.pdf",
    'attachment; filename="caf\xe9.pdf"',
    'attachment; filename="a\\"b.pdf"',
    "attachment; filename*=UTF-8''%ff%fe.pdf",
    "attachment; filename*=UTF-8''%ed%a0%80.pdf",
    "attachment; filename*=UTF-8''caf\xe9.pdf",
    f"attachment; filename*=ISO-8859-1''{CANARY}.pdf",
    f"attachment; filename*=idna''{CANARY}.pdf",
    f"attachment; filename*=no-such-charset''{CANARY}.pdf",
    f"attachment; filename*0*=UTF-8''{CANARY}; filename*1=.pdf",
    f"attachment; filename*={CANARY}.pdf",
    f"attachment; filename*=UTF-8''{CANARY}%",
    f"attachment; filename*=UTF-8''{CANARY}%4",
    f"attachment; filename*=UTF-8''a; filename*=UTF-8''{CANARY}",
    f'attachment; filename="a"; FileName="{CANARY}"',
    f'attachment; filename="a"{CANARY}',
    f"attachment; x=\"; filename*=UTF-8''{CANARY}",
]


@pytest.mark.parametrize("header", BAD_DISPOSITIONS)
def test_a_document_without_a_readable_name_is_refused(standing: Standing, header: str) -> None:
    app = standing.sending.http.app
    headers = standing.sending.desk().headers | {"Content-Disposition": header}
    path = f"/v1/drafts/{standing.draft}/attachments/8"
    done = call(app, "PUT", path, headers, [CANARY.encode()])
    assert done.status == 422
    assert b'"urn:case-handover:attachment-name"' in done.body
    assert CANARY.encode() not in done.body
    assert done.pieces_read == 0


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=\"fallback.pdf\"; filename*=UTF-8''pl%C3%A1n.pdf", "plán.pdf"),
        ("attachment; FILENAME*=utf-8'en'pl%C3%A1n.pdf", "plán.pdf"),
        ("attachment; filename=\"a; filename*=UTF-8''b; c\"", "a; filename*=UTF-8''b; c"),
        ('attachment ;filename="a";size=1 ; ', "a"),
    ],
)
def test_names_as_http_spells_them(standing: Standing, header: str, name: str) -> None:
    site = standing.two.sender
    desk = standing.sending.desk()
    put = desk.attach(standing.draft, 9, "x", b"x", **{"Content-Disposition": header})
    assert put.status_code == 201
    with site.database.read() as uow:
        row = drafts.attachments(uow.connection, standing.draft)[-1]
    assert attaching.name_of(site, row) == name


BAD_ABOUT = {
    "Content-Type": ["", CANARY, "text", f"text/{CANARY}/x", "text/pl\xe1in", "a/" + "b" * 128],
    "Handling-Labels": ["", CANARY, "open,open", "open,not_to", "not_to;open", "not_to," * 9],
}


@pytest.mark.parametrize("header", BAD_ABOUT)
def test_a_document_without_a_good_type_or_label_is_refused(
    standing: Standing, header: str
) -> None:
    for value in BAD_ABOUT[header]:
        sent = {header: value.encode("latin-1")}
        refused = standing.sending.desk().attach(standing.draft, 8, "a.pdf", b"x", **sent)  # type: ignore[arg-type]
        assert refused.status_code == 422, value


@pytest.mark.parametrize("number", ["0", "-1", "2000", "9" * 40, "1.5", "x", "٣"])
def test_a_number_that_is_none(standing: Standing, number: str) -> None:
    path = f"/v1/drafts/{standing.draft}/attachments/{quote(number)}"
    headers = {"Content-Disposition": 'attachment; filename="a"'}
    assert standing.sending.desk().ask("PUT", path, headers).status_code == 422


def test_a_document_that_is_cut_leaves_nothing_behind(two: Two, sending: Door) -> None:
    desk = sending.desk()
    draft = new_draft(desk)
    before = two.sender.blobs.ids()
    headers = desk.headers | {"Content-Disposition": 'attachment; filename="a.bin"',
                              "Content-Type": "application/octet-stream"}  # fmt: skip
    path = f"/v1/drafts/{draft}/attachments/1"
    done = call(sending.http.app, "PUT", path, headers, [b"x" * 2**20] * 9, cut=True)
    assert done.status is None
    assert two.sender.blobs.ids() == before
    assert desk.get(f"/v1/drafts/{draft}").json()["attachments"] == []
