"""An identity provider on loopback, with addresses as Microsoft Entra ID has them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.crypto.tokens import TENANT, Issuer, Json
from tests.outside.servers import Asked, serving

ABOUT = f"/{TENANT}/v2.0/.well-known/openid-configuration"
KEYS = f"/{TENANT}/discovery/v2.0/keys"


@dataclass
class Entra(Issuer):
    """An issuer that shows its keys over HTTP; `instead`: what it answers in the place of them."""

    endpoint: str = ""
    instead: Callable[[Asked], None] | None = None
    about: Json = field(default_factory=dict)
    """Changes to the discovery document."""
    asked: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> None:
        self.asked.append(asked.path)
        if self.instead is not None:
            self.instead(asked)
        elif asked.path == ABOUT:
            about = {"issuer": self.name, "jwks_uri": self.endpoint + KEYS}
            asked.answer(200, json.dumps(about | self.about).encode())
        elif asked.path == KEYS:
            asked.answer(200, json.dumps(self.jwks()).encode())
        else:
            asked.answer(404)

    @property
    def times_asked(self) -> int:
        return self.asked.count(ABOUT)


def hangs_up(asked: Asked) -> None:
    """It can't be reached, as far as a client can tell."""
    asked.close_connection = True


@contextmanager
def providing() -> Iterator[Entra]:
    """A provider that is up."""
    entra = Entra()
    with serving(entra.answer) as endpoint:
        entra.endpoint = endpoint
        entra.name = f"{endpoint}/{TENANT}/v2.0"
        yield entra
