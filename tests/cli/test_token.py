"""`handover token`."""

import pytest

from app.access import Caller
from app.flows import tokens
from tests.cli.homes import Home, later

ROLE = ["--role", "practitioner", "--team", "family-west"]


def test_a_token_is_shown_once_and_kept_as_a_digest(home: Home) -> None:
    made = home.value("token", "create", "--subject", "liquid-1", "--role", "system", *ROLE)
    assert made.keys() == {"id", "token"}
    assert not [name for name, data in home.files().items() if made["token"].encode() in data]
    (row,) = home.value("token", "list")
    assert row.pop("expires_at")
    assert row == {
        "id": made["id"],
        "subject": "liquid-1",
        "roles": ["system", "practitioner"],
        "teams": ["family-west"],
        "last_used_at": None,
        "revoked": False,
    }
    assert "never used" in home.ok("token", "list")
    assert made["token"] not in home.ok("token", "list")
    site = home.open_site(home.path, None)
    caller = tokens.authenticate(site, made["token"])
    site.database.close()
    assert caller == Caller(
        "liquid-1", frozenset({"system", "practitioner"}), frozenset({"family-west"})
    )
    assert home.value("token", "list")[0]["last_used_at"]
    assert "never used" not in home.ok("token", "list")
    assert not [name for name, data in home.files().items() if made["token"].encode() in data]


def test_create_for_people(home: Home) -> None:
    said = home.ok("token", "create", "--subject", "user-7", *ROLE, "--days", "1")
    assert said.splitlines()[0].endswith("shown only now:")
    assert said.splitlines()[1].startswith("cht_")
    assert "user-7  practitioner  family-west  until " in home.ok("token", "list")


@pytest.mark.parametrize(
    ("role", "team", "told"),
    [
        ("practitioner", [], True),
        ("practitioner", ["--team", "x"], False),
        ("head_of_service", [], False),
        ("reviewer", [], False),
    ],
)
def test_a_role_that_reaches_nothing_without_a_team_is_said(
    home: Home, role: str, team: list[str], told: bool
) -> None:
    made = home.run("token", "create", "--subject", "user-7", "--role", role, *team)
    assert (made.exit_code, "Without a --team" in made.stderr) == (0, told)


def test_revoke_ends_it_once(home: Home) -> None:
    made = home.value("token", "create", "--subject", "user-7", *ROLE)
    assert home.ok("token", "revoke", made["id"]) == "Revoked.\n"
    assert home.value("token", "list")[0]["revoked"] is True
    assert "revoked" in home.ok("token", "list")
    home.refused("token", "revoke", made["id"], code="token-not-valid", exits=5)
    home.refused("token", "revoke", "nobody", code="token-not-valid", exits=5)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--subject", "", *ROLE], "token-subject"),
        (["--subject", "Amara Specimen", *ROLE], "token-subject"),
        (["--subject", "józef", *ROLE], "token-subject"),
        (["--subject", "user-7", *ROLE, "--days", "0"], "token-days"),
        (["--subject", "user-7", *ROLE, "--days", "367"], "token-days"),
        (["--subject", "user-7", *ROLE, "--team", "family west"], "team-code"),
        (["--subject", "user-7", *ROLE, "--team", ""], "team-code"),
    ],
)
def test_what_is_no_token_is_refused(home: Home, args: list[str], code: str) -> None:
    home.refused("token", "create", *args, code=code, exits=3)
    assert home.value("token", "list") == []


def test_tokens_are_listed_newest_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours, subject in enumerate(["first", "second", "third"]):
        later(monkeypatch, hours=hours)
        home.ok("token", "create", "--subject", subject, *ROLE)
    assert [row["subject"] for row in home.value("token", "list")] == ["third", "second", "first"]
