from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import strictjson
from app.trust import forms
from app.trust.authority import Authority
from tests.trust.making import DAY, NOW, authority, code, keyring, members, refused

OWN = keyring()
KEYSET, RECIPIENT = members()["keysets"][0], members()["recipients"][0]
LATER = keyring("gss:E99000002").public_recipients()[0].key


def read(**changes: Any) -> Authority:
    return forms.read(Authority, strictjson.canonical(members(**changes)), "bad")


@pytest.mark.parametrize(
    "url",
    [
        "https://handover.example",
        "https://handover.example:8443",
        "https://handover.example/exchange/v1",
        "https://192.0.2.1/x",
        "https://[2001:db8::1]:8443/x",
        "http://127.0.0.1:8001",
        "http://127.9.9.9",
        "http://[::1]:8001/x",
        "http://localhost:8001",
    ],
)
def test_endpoints(url: str) -> None:
    assert read(endpoint=url).endpoint == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "handover.example",
        "//handover.example",
        "ftp://handover.example",
        "file:///etc/passwd",
        "HTTPS://handover.example",
        "https://Handover.example",
        "https://user@handover.example",
        "https://user:pass@handover.example",
        "https://handover.example?x=1",
        "https://handover.example/?x",
        "https://handover.example#x",
        "https://handover.example/",
        "https://handover.example//x",
        "https://handover.example/../x",
        "https://handover.example/a/./b",
        "https://handover.example/%2e%2e",
        "https://handover.example\\@evil.example",
        "https://handover.example:0",
        "https://handover.example:65536",
        "https://handover.example:",
        "https://handover.example\n",
        "https:// handover.example",
        "https://handövers.example",
        "http://handover.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://[::]",
        "https://" + "a" * 500,
    ],
)
def test_other_endpoints_are_refused(url: str) -> None:
    assert refused(lambda: read(endpoint=url), "bad").pointer == "/endpoint"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"identifier": "E99000001"}, "/identifier"),
        ({"identifier": "gss:" + "1" * 33}, "/identifier"),
        ({"identifier": "gss:E9\n"}, "/identifier"),
        ({"other_identifiers": ["gss:E99000001"]}, ""),
        ({"name": ""}, "/name"),
        ({"name": "Two\nlines"}, "/name"),
        ({"name": " Space"}, "/name"),
        ({"nation": "France"}, "/nation"),
        ({"route": "post"}, "/route"),
        ({"endpoint": None}, ""),
        ({"route": "collect"}, ""),
        ({"keysets": []}, ""),
        ({"recipients": []}, ""),
        ({"recipients": [RECIPIENT] * 3}, "/recipients"),
        ({"recipients": [RECIPIENT, RECIPIENT]}, ""),
        ({"recipients": [{**RECIPIENT, "key": "age1abc"}]}, "/recipients/0/key"),
        ({"recipients": [{**RECIPIENT, "key": 1}]}, "/recipients/0/key"),
        ({"valid_to": "2019-01-01T00:00:00Z"}, ""),
        ({"successor": "gss:E99000002"}, ""),
        ({"successor": "gss:E99000001", "valid_to": "2027-01-01T00:00:00Z"}, ""),
        ({"verified_on": "2026-13-01"}, "/verified_on"),
        ({"verified_on": "2026-03-01T00:00:00Z"}, "/verified_on"),
        ({"keysets": [KEYSET, KEYSET]}, ""),
        ({"keysets": [{**KEYSET, "sign_until": KEYSET["sign_from"]}]}, "/keysets/0"),
        ({"keysets": [{**KEYSET, "accept_until": KEYSET["sign_until"]}]}, "/keysets/0"),
        ({"keysets": [{**KEYSET, "keys": KEYSET["keys"][::-1]}]}, "/keysets/0/keys"),
        ({"keysets": [{**KEYSET, "keys": KEYSET["keys"][:1]}]}, "/keysets/0/keys"),
        ({"keysets": [{**KEYSET, "keys": [{"x": 1}, {}]}]}, "/keysets/0/keys"),
        ({"keysets": [{**KEYSET, "id": "1"}]}, "/keysets/0/id"),
        ({"contacts": {**members()["contacts"], "front_door": None}}, "/contacts/front_door"),
    ],
)  # fmt: skip
def test_forms_that_are_refused(changes: dict[str, Any], pointer: str) -> None:
    assert refused(lambda: read(**changes), "bad").pointer == pointer


@pytest.mark.parametrize(
    ("field", "given_", "expected"),
    [
        ("front_door", "01632 960001", "ok"),
        ("front_door", "+44 (0)1632 960001 ext 7", "ok"),
        ("front_door", "ring Ann", "bad"),
        ("front_door", "01632\n960001", "bad"),
        ("out_of_hours", None, "ok"),
        ("secure_mail", None, "ok"),
        ("secure_mail", "a.b+c@x.gov.example", "ok"),
        ("secure_mail", "a@b@c.example", "bad"),
        ("secure_mail", "a@localhost", "bad"),
        ("secure_mail", "a@x.example\nBcc: b@x.example", "bad"),
    ],
)
def test_contacts(field: str, given_: str | None, expected: str) -> None:
    contacts = {**members()["contacts"], field: given_}
    assert code(lambda: read(contacts=contacts)) == expected


def test_an_authority_without_the_service() -> None:
    assisted = read(route="assisted", endpoint=None, keysets=[], recipients=[])
    refused(lambda: assisted.recipient(NOW), "recipient-none")


@pytest.mark.parametrize(
    ("day", "expected"), [(-1, None), (0, 0), (9, 0), (10, 1), (19, 1), (20, None)]
)
def test_whom_to_seal_to(day: int, expected: int | None) -> None:
    recipients = [
        {"key": RECIPIENT["key"], "seal_from": forms.stamp(NOW), "seal_until": None},
        {
            "key": LATER,
            "seal_from": forms.stamp(NOW + 10 * DAY),
            "seal_until": forms.stamp(NOW + 20 * DAY),
        },
    ]
    first = {**recipients[0], "seal_until": forms.stamp(NOW + 15 * DAY)}
    one = authority(recipients=[first, recipients[1]])
    if expected is None:
        refused(lambda: one.recipient(NOW + day * DAY), "recipient-none")
    else:
        assert one.recipient(NOW + day * DAY).to_string() == recipients[expected]["key"]


@given(st.timedeltas(timedelta(0), timedelta(days=365 * 30)))
def test_a_moment_is_written_to_the_second(after: timedelta) -> None:
    moment = forms.whole(NOW + after)
    one = authority(valid_from=forms.stamp(NOW + after))
    assert one.valid_from == moment
    assert forms.value(one)["valid_from"] == forms.stamp(moment)


def test_there_and_back() -> None:
    assert forms.read(Authority, forms.data(authority()), "bad") == authority()


def test_errors_say_nothing_of_what_was_given() -> None:
    error = refused(lambda: read(name="Zebedee\n", nation="Zebedee"), "bad")
    assert "Zebedee" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
