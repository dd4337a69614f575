"""`acknowledge` and `accept`."""

import json
from typing import Any

import pytest

from app.flows.site import Site
from tests.cli import case
from tests.cli.homes import RECEIVER, Home, Two, Unreachable


def template(home: Home, handover: str) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(home.ok("accept", handover, "--template"))
    return printed


def test_acknowledge_reaches_the_sender(sent: Two) -> None:
    said = sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    assert said == "Acknowledged.\n"
    assert sent.sender.value("show", sent.handover)["state"] == "acknowledged"
    words = ["open", sent.handover, "--purpose", "Who?", "--words", "acknowledgement"]
    assert json.loads(sent.sender.ok(*words))["person"]["name"] == "Lee Example"


def test_acknowledge_is_for_the_receiver(sent: Two) -> None:
    sent.sender.refused("acknowledge", sent.handover, *case.PERSON, code="not-your-side", exits=4)


def test_what_cannot_be_told_now_is_told_later(sent: Two) -> None:
    handover = sent.handover
    sent.receiver.wire = Unreachable()
    said = sent.receiver.ok("acknowledge", handover, *case.PERSON)
    assert "as soon as they can be reached" in said
    assert sent.sender.value("show", handover)["state"] == "dispatched"


def test_the_template_as_it_is_printed_is_no_result(sent: Two) -> None:
    """Nothing is claimed that nobody has said."""
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    result = sent.receiver.write("result.json", template(sent.receiver, sent.handover))
    refused = sent.receiver.refused("accept", sent.handover, result, code="statement-body", exits=3)
    assert "  /" in refused


def test_the_template_filled_in_is_a_result(sent: Two) -> None:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    result = case.filled(template(sent.receiver, sent.handover))
    said = sent.receiver.ok("accept", sent.handover, sent.receiver.write("result.json", result))
    child = f"Child {case.CHILD}: accepted\n  Plan held by Fictional Town. Responds to harm today: "
    assert said == f"Recorded.\n{child}Fictional Town.\n"
    for home in (sent.sender, sent.receiver):
        (child,) = home.value("show", sent.handover)["children"]
        assert (child["state"], child["plan_held_by"]) == ("accepted", RECEIVER)
    assert "carried forward" in sent.receiver.ok("show", sent.handover)
    assert template(sent.receiver, sent.handover)["codes"]["dispositions"] == []


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ({"result": "adjourned", "adjourned": "not_quorate"}, "acknowledged"),
        ({"result": "not_accepted", "declined": "not_living_here"}, "declined"),
    ],
)
def test_no_plan_is_said_to_pass_that_does_not(
    sent: Two, result: dict[str, str], state: str
) -> None:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    filled = case.filled(template(sent.receiver, sent.handover))
    filled["codes"]["results"] = [{"child": case.CHILD, **result}]
    said = sent.receiver.ok("accept", sent.handover, sent.receiver.write("result.json", filled))
    assert said.startswith(
        f"Recorded.\nChild {case.CHILD}: {state}\n  Plan held by Fictional County."
    )


def test_accept_names_the_items_that_nobody_has(sent: Two) -> None:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    result = case.filled(template(sent.receiver, sent.handover))
    items = sent.receiver.value("show", sent.handover)["items"]
    left = next(one["item"] for one in items if one["type"] == "concern")
    for part in (result["codes"]["dispositions"], result["words"]["items"]):
        part[:] = [one for one in part if one["item"] != left]
    said = sent.receiver.refused(
        "accept", sent.handover, sent.receiver.write("result.json", result),
        code="items-open", exits=5,
    )  # fmt: skip
    assert said.splitlines()[1:] == [f"  {left}"]
    assert sent.sender.value("show", sent.handover)["state"] == "acknowledged"


def test_one_person_takes_over_all_and_says_later_what_became_of_it(sent: Two) -> None:
    taking = ("--carry-all-to", "Noor Inventado", "--role", "Social worker")
    printed = sent.receiver.ok("accept", sent.handover, "--template", *taking)
    result = case.filled(json.loads(printed))
    assert result["codes"]["dispositions"] == []
    path = sent.receiver.write("result.json", result)
    assert sent.receiver.run("accept", sent.handover, path, *taking[:2]).exit_code == 2
    sent.receiver.ok("accept", sent.handover, path, *taking)
    seeing = ("items", sent.handover, "--purpose", case.PURPOSE)
    assert sent.sender.ok(*seeing).count("-> owner: Noor Inventado, Social worker") > 1
    item = sent.sender.value(*seeing)[0]["item"]
    settle = ("settle", sent.handover)
    for wrong in (
        ("--as", "resolved", "--words", "Why"),
        ("--as", "resolved", "--words", "Why", "--all"),
        (item, "--as", "in_new_plan", "--words", "Noor Inventado"),
    ):
        assert sent.receiver.run(*settle, *wrong).exit_code == 2
    said = sent.receiver.ok(*settle, item, "--as", "resolved", "--words", "Seen \u202eat home")
    assert said == "Recorded.\n"
    shown = sent.sender.ok(*seeing)
    assert "resolved (" in shown
    assert "-> evidence: Seen ?at home" in shown
    sent.receiver.refused(
        *settle, "--all", "--as", "carried_forward", "--words", "Lee", "--role", "Worker",
        code="statement-body", exits=3,
    )  # fmt: skip


def test_the_sender_answers_what_was_missing(sent: Two) -> None:
    seeing = ("items", sent.handover, "--purpose", case.PURPOSE)
    gaps = [one["item"] for one in sent.sender.value(*seeing) if one["type"] == "gap"]
    by = ("--name", "Fictional Worker", "--role", "Social worker")
    words = ("--words", "A strategy discussion.", *by)
    telling = ("answer", sent.handover, *gaps, *words)
    assert sent.receiver.ok(*seeing).count("Fictional County owes an answer") == len(gaps)
    assert sent.sender.ok(*seeing).count("we owe an answer") == len(gaps)
    concern = sent.sender.value(*seeing)[0]
    assert concern["type"] == "concern"
    refused = sent.sender.run("answer", sent.handover, gaps[0], concern["item"], *words)
    assert (refused.exit_code, concern["item"] in refused.stderr) == (2, True)
    assert not any(one["answered_on"] for one in sent.sender.value(*seeing))
    sent.receiver.refused(*telling, code="not-your-fact", exits=5)
    assert sent.sender.ok(*telling) == "Answered.\n"
    shown = sent.receiver.ok(*seeing)
    assert shown.count("-> answer: A strategy discussion.") == len(gaps) > 0
    assert shown.count("answered (20") == len(gaps)
    assert "owes an answer" not in shown
    assert "-> answered by: Fictional Worker, Social worker" in shown
    assert all(one["answered_on"] for one in sent.receiver.value(*seeing) if one["type"] == "gap")


def test_the_network_is_told_with_where_nobody_is(sent: Two) -> None:
    asked = ("network", sent.handover, "--purpose", case.PURPOSE)
    told = sent.sender.ok(*asked)
    assert f"gp of {case.NAMES[0]['full']}: NOBODY\n" in told
    assert {one["role"] for one in sent.receiver.value(*asked)} == {"gp", "health_visiting"}


def test_accept_for_programs(sent: Two) -> None:
    sent.receiver.ok("acknowledge", sent.handover, *case.PERSON)
    result = case.filled(template(sent.receiver, sent.handover))
    today = sent.receiver.value("list")[0]["opened_at"][:10]
    path = sent.receiver.write("result.json", {**result, "effective": today})
    done = sent.receiver.value("accept", sent.handover, path)
    assert done.keys() == {"statement", "place", "delivered"}
    assert (done["place"], done["delivered"]) == (4, True)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({"sender": "Joanna"}, "this is 'attended', 'reported' or 'absent'"),
        ({"results": [{"child": case.CHILD, "result": "adjourned"}]}, "`adjourned` says why"),
        ({"results": [{"child": case.CHILD}]}, "this is missing"),
        ({"Joanna": 1}, "it has no such member"),
    ],
)
def test_a_wrong_code_is_told_what_the_form_asks(
    sent: Two, codes: dict[str, Any], said: str
) -> None:
    result = case.filled(template(sent.receiver, sent.handover))
    path = sent.receiver.write("result.json", {**result, "codes": {**result["codes"], **codes}})
    told = sent.receiver.refused("accept", sent.handover, path, code="statement-body", exits=3)
    assert said in told
    assert "  /codes" in told
    assert "Joanna" not in told


def test_the_template_has_the_categories_of_our_nation(sent: Two) -> None:
    toml = sent.receiver.path / "handover.toml"
    toml.write_text(toml.read_text().replace('"england"', '"wales"'))
    (result,) = template(sent.receiver, sent.handover)["codes"]["results"]
    assert result["category"]["scheme"] == "wales"


@pytest.mark.parametrize("args", [[], ["--template", "result.json"]])
def test_accept_wants_a_result_or_its_template(sent: Two, args: list[str]) -> None:
    path = sent.receiver.write("result.json", {})
    given = [path if one == "result.json" else one for one in args]
    result = sent.receiver.run("accept", sent.handover, *given)
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"codes": None}, "request-invalid"),
        ({"words": []}, "request-invalid"),
        ({"effective": 3}, "request-invalid"),
        ({"effective": "tomorrow"}, "statement-invalid"),
        ({"more": 1}, "request-invalid"),
        ({"codes": {}}, "statement-body"),
        ({"words": {"chair": "Ines"}}, "content-invalid"),
    ],
)
def test_a_malformed_result_is_refused(sent: Two, changed: dict[str, Any], code: str) -> None:
    result = case.filled(template(sent.receiver, sent.handover)) | changed
    path = sent.receiver.write("result.json", result)
    assert "Ines" not in sent.receiver.refused("accept", sent.handover, path, code=code, exits=3)


@pytest.mark.parametrize(
    ("data", "exits"),
    [(b"", 3), (b"[]", 3), (b"{", 3), (b'{"codes":{},"codes":{}}', 3), (b"\xff\xfe{", 3)],
)
def test_a_file_that_is_no_json_is_refused(sent: Two, data: bytes, exits: int) -> None:
    path = sent.receiver.write("result.json", data)
    assert sent.receiver.run("accept", sent.handover, path).exit_code == exits


def test_what_is_opened_is_logged_as_the_operator_s(sent: Two) -> None:
    sent.receiver.run("open", sent.handover, "--purpose", case.PURPOSE, USER="józef 7")
    site: Site = sent.receiver.open_site(sent.receiver.path, None)
    with site.database.read() as uow:
        entries = [row[0] for row in uow.connection.exec_driver_sql("select entry from access_log")]
    site.database.close()
    (entry,) = map(json.loads, entries)
    assert (entry["who"], entry["act"]) == ("cli:jzef7", "open")
    assert case.PURPOSE.encode() not in b"".join(sent.receiver.files().values())
