"""The open things of a handover and its network: what they are, and what becomes of each."""

from fastapi import APIRouter, Response

from app.api import shapes
from app.api.callers import Purpose, TheCaller, TheSite
from app.api.headers import WITHHELD, Key
from app.api.saying import ANSWERS, Answers, HandoverId, say
from app.api.shapes.items import ItemInWords, ItemsInWords
from app.api.shapes.network import Network
from app.api.shapes.readiness import DeclaredGap, DeclaredGaps
from app.flows import items as opened
from app.flows import network as opened_network
from app.flows import readiness

router = APIRouter(prefix="/v1/handovers", tags=["handovers"])


@router.get("/{handover}/items", responses=WITHHELD)
def items(
    site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose, response: Response
) -> ItemsInWords:
    """Every open thing in words, and what became of each, for either side. It is logged."""
    found = opened.items(site, who, handover, purpose)
    response.headers["Withheld-Entries"] = str(sum(one["what"] is None for one in found))
    return ItemsInWords(items=[ItemInWords(**one) for one in found])


@router.get("/{handover}/gaps")
def gaps(site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose) -> DeclaredGaps:
    """What was missing when the case was sent, and when each gap that is asked was answered. It is
    logged."""
    found = readiness.of_handover(site, who, handover, purpose)
    return DeclaredGaps(gaps=[DeclaredGap(**one) for one in found])


@router.get("/{handover}/network", responses=WITHHELD)
def network(
    site: TheSite, who: TheCaller, handover: HandoverId, purpose: Purpose, response: Response
) -> Network:
    """Each role that the move leaves behind, who follows, and whether they were told; roles that a
    child of that age has, and nobody fills, are there too. It is logged."""
    found = opened_network.network(site, who, handover, purpose)
    withheld = {link["entry"] for one in found for link in one["links"] if link["who"] is None}
    response.headers["Withheld-Entries"] = str(len(withheld))
    return Network.model_validate({"roles": found})


@router.post("/{handover}/acceptance", status_code=201, openapi_extra=ANSWERS)
def accept(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Answers, key: Key = None
) -> shapes.Stated:
    """The conference's result. Refused, with their ids, while a concern or outcome has nobody;
    with `carry_forward_to`, one person takes over all that `codes` do not name."""
    return say(site, who, handover, "acceptance", asked, key)


@router.post("/{handover}/dispositions", status_code=201, openapi_extra=ANSWERS)
def settle(
    site: TheSite, who: TheCaller, handover: HandoverId, asked: Answers, key: Key = None
) -> shapes.Stated:
    """What became of items, after the acceptance. The sending authority sees it."""
    return say(site, who, handover, "disposition", asked, key)
