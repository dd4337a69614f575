"""From the words of a notification to the coded facts that start the clocks."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from app.casefile.contents import Notification
from app.casefile.model.dates import days
from app.errors import Malformed
from app.flows.site import Site
from app.handover.bodies.opening import Moved, Opening
from app.handover.calendars import Nation
from app.handover.codes import Planned, Precision, Stay, Transfer
from app.handover.statement import body_value
from app.handover.timetables import (
    NationTimetable,
    PartnershipSettings,
    freeze,
    load_timetable,
)
from app.handover.when import When, london_date, stamp
from app.resources import timetables as packaged

PLANNED: Mapping[str | None, Planned] = {
    "planned": "planned",
    "avoidance_suspected": "avoidance_suspected",
}
"""What nobody planned for is unplanned: its shorter deadlines are the safe ones."""

_PRECISION: Mapping[int, Precision] = {len("2019-03-04"): "day", len("2019-03"): "month"}


@cache
def nation_timetables() -> Mapping[Nation, NationTimetable]:
    """Every nation's timetable as this version ships it."""
    loaded = [load_timetable(toml) for toml in packaged().values()]
    return {timetable.nation: timetable for timetable in loaded}


def opening(
    site: Site,
    words: Notification,
    transfer: Transfer,
    receiver_nation: Nation,
    restricted: bool,
    now: datetime,
) -> dict[str, Any]:
    """The opening facts of a notification's body, with the timetable frozen today."""
    planned = PLANNED.get(words.planned, "unplanned")
    stay: Stay = words.duration or "unknown"
    timetable = freeze(
        site.settings.nation,
        receiver_nation,
        nation_timetables(),
        transfer,
        stay,
        planned,
        _partnership(site),
        london_date(now),
    )
    facts = Opening(
        learned=when(words.learned_at) if words.learned_at else stamp(now),
        moved=_moved(words),
        planned=planned,
        stay=stay,
        until=_first_day(words.temporary_until),
        restricted=restricted,
        timetable=timetable,
    )
    return body_value(facts)


def _partnership(site: Site) -> PartnershipSettings:
    try:
        return PartnershipSettings.model_validate(site.settings.partnership)
    except ValidationError:
        raise Malformed(
            "settings-invalid", "The setting `partnership` is not right: ask your IT lead"
        ) from None


def when(moment: str) -> When:
    """A moment of the case file as a statement writes it: a day, or the instant in UTC."""
    if "T" in moment:
        return stamp(datetime.fromisoformat(moment).replace(microsecond=0))
    return days(moment)[0].isoformat()


def _moved(words: Notification) -> Moved | None:
    if words.moved_on is None:
        return None
    precision: Precision = _PRECISION.get(len(words.moved_on), "unknown")
    if words.moved_circa and precision == "day":
        precision = "week"
    return Moved(on=days(words.moved_on)[0].isoformat(), precision=precision)


def _first_day(text: str | None) -> str | None:
    first: date | None = days(text)[0] if text else None
    return first.isoformat() if first else None
