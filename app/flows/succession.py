"""An authority's work passes to a new identifier, in place: the same service goes on with it.

What was begun keeps its parties for good, so the successor speaks in old ledgers under the name
that is a party of them (setting `formerly`), and signs with keys of its own. Others take that from
the day on which their directory says that the former authority ended and who succeeds it.
"""

from dataclasses import dataclass
from datetime import date

from app.crypto.strictjson import JsonValue
from app.flows.setup import publish, signs_itself
from app.flows.site import Site, directory_of
from app.handover.when import instant
from app.trust import forms
from app.trust.authority import Authority
from app.trust.card import describe, fingerprint, make_card, next_version, open_card
from app.trust.keyring import Keyring


@dataclass(frozen=True)
class Successor:
    """The new authority's keyring, its card to pair by, and the card's fingerprint."""

    keyring: Keyring
    card: bytes
    fingerprint: str


def prepare(site: Site, identifier: str, name: str, on: date) -> Successor:
    """The new authority, whose work begins `on`; in our own directory it stands as our successor
    from now on. Where a regional root signs, the card is for whoever signs there.

    Raises Malformed (`authority-form`, `keyring-form`, `directory-form`).
    """
    now, begins = site.clock(), instant(on.isoformat())
    keyring = site.keyring.succeed(identifier, now)
    with site.database.write() as uow:
        document = directory_of(uow, site).document
        own = directory_of(uow, site).authority(site.authority)
        about: dict[str, JsonValue] = {
            "other_identifiers": [],
            "name": name,
            "valid_from": forms.stamp(begins),
        }
        successor = describe({**forms.value(own), **about}, keyring)
        if signs_itself(site):
            ended = forms.build(
                Authority,
                {**dict(own), "valid_to": forms.whole(begins), "successor": identifier},
                "authority-form",
            )
            others = [one for one in document.authorities if one.identifier != own.identifier]
            publish(
                uow.connection, site, next_version(document, (*others, ended, successor), now), now
            )
    card = make_card(successor, keyring, now).wire
    return Successor(keyring, card, fingerprint(open_card(card, now)))
