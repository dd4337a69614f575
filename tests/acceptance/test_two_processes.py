"""Two services as they are installed: real commands, processes, sockets, files; one is killed."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from app.demo import story
from tests.acceptance.services import SOON, TODAY, Service, found, notified, pair, until

LARGE = Random(2).randbytes(48 * 2**20)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    with ExitStack() as stack:
        sender = found(stack, tmp_path / "sender", story.SENDER)
        receiver = found(stack, tmp_path / "receiver", story.RECEIVER, "--unencrypted-demo")
        pair(sender, receiver)
        pair(receiver, sender)
        sender.start()
        receiver.start()
        yield sender, receiver


def test_a_receiver_killed_in_mid_delivery_loses_nothing(
    services: tuple[Service, Service],
) -> None:
    sender, receiver = services
    handover = notified(sender)
    sender.put(handover, 4, "Scan — przykład.tif", LARGE)
    until(lambda: receiver.state(handover) == "notified")
    before = receiver.held()
    sender.post(f"/v1/drafts/{handover}/dispatch", {})
    until(lambda: receiver.held() > before + 4 * 2**20, pause=SOON)
    receiver.kill()
    assert before < receiver.held() < before + len(LARGE), "it was killed in mid-delivery"
    fact = {"codes": {"code": "address_confirmed", "on": TODAY.isoformat()}}
    sender.post(f"/v1/handovers/{handover}/facts", fact)
    receiver.start()
    until(lambda: receiver.state(handover) == "dispatched")
    until(lambda: not sender.get(f"/v1/handovers/{handover}").json()["deliveries"])

    path = f"/v1/handovers/{handover}"
    assert receiver.get(f"{path}/casefile").json() == story.case_file(TODAY)
    for document in story.documents(TODAY):
        assert receiver.get(f"{path}/attachments/{document.number}").content == document.data
    assert receiver.get(f"{path}/attachments/4").content == LARGE
    ledgers = [service.get(f"{path}/ledger").json() for service in services]
    assert ledgers[0] == ledgers[1]
    kinds = [entry["kind"] for entry in ledgers[0]["entries"]]
    assert kinds == ["notification", "dispatch", "fact"]

    person = {"name": "Fictional Worker", "role": "Duty", "team": "Door", "phone": "01632 960001"}
    receiver.post(f"{path}/acknowledgement", {"words": {"person": person}})
    until(lambda: sender.state(handover) == "acknowledged")

    words = [child["names"][0]["family"] for child in story.case_file(TODAY)["children"]]
    for service in services:
        service.stop()
        for file in (one for one in service.home.rglob("*") if one.is_file()):
            data = file.read_bytes()
            assert not [word for word in words if word.encode() in data], file
