"""The nations' timetables, each a TOML file with its sources, and how one is frozen.

A row says who owes what within how long, from which fact, and on whose word. Sources disagree, so
a row may offer alternatives, and a partnership chooses among them or sets its own limit. A limit
that no source states is marked `judgement`; one we could not check is marked `verified = false`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import Malformed, NotFound, TooLarge
from app.handover.calendars import DayOverride, Nation, bank_holidays
from app.handover.codes import Planned, Side, Slug, Stay, Transfer
from app.handover.timetable import (
    MAX_STEPS,
    Begins,
    ClosedDays,
    Codes,
    FrozenStep,
    FrozenTimetable,
    Limit,
    Nations,
    Soon,
)
from app.handover.when import Day, months_later

MAX_BYTES = 256 * 1024
HORIZON_MONTHS = 24
LOOKBACK_MONTHS = 12
"""Closed days go back this far: a family may have moved long before anybody learned of it."""

LOCAL = "local"
"""The source id of a limit that a partnership set itself."""

_Text = Annotated[str, Field(strict=True, min_length=1, max_length=400)]


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Source(_Row):
    """Where a limit comes from. `reference`: an address, or a citation."""

    id: Slug
    title: _Text
    publisher: _Text
    reference: _Text
    date: _Text | None = None
    note: _Text | None = None


class Alternative(_Row):
    """Another reading of a step, by name; what it leaves out is as in the step."""

    name: Slug
    title: _Text
    source: Slug
    after: Codes | None = None
    within: Limit | None = None


class Step(_Row):
    """One row: a step, when it applies, and its limit."""

    code: Slug
    title: _Text
    owes: Side
    after: Codes
    begins: Begins = "first"
    within: Limit
    met_by: Codes
    soon: Soon
    source: Slug
    transfers: Annotated[tuple[Transfer, ...], Field(strict=False)] = get_args(Transfer)
    stays: Annotated[tuple[Stay, ...], Field(strict=False)] = get_args(Stay)
    planned: Annotated[tuple[Planned, ...], Field(strict=False)] = get_args(Planned)
    judgement: bool = False
    verified: bool = True
    alternatives: Annotated[
        tuple[Alternative, ...], Field(strict=False, alias="alternative", max_length=16)
    ] = ()


class NationTimetable(_Row):
    """The steps and sources of one nation."""

    nation: Nation
    sources: Annotated[tuple[Source, ...], Field(strict=False, alias="source", max_length=100)]
    steps: Annotated[tuple[Step, ...], Field(strict=False, alias="step", max_length=MAX_STEPS)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        known = {source.id for source in self.sources}
        used = {step.source for step in self.steps}
        used |= {other.source for step in self.steps for other in step.alternatives}
        if not used <= known:
            raise ValueError("a step names a source that is not in the file")
        if len({step.code for step in self.steps}) != len(self.steps):
            raise ValueError("two steps have the same code")
        return self


class PartnershipSettings(_Row):
    """What a safeguarding partnership changes. `choices`: step → its alternative; `limits`:
    step → own limit; `left_out`: steps not used; `days`: nation → day → closed or open."""

    choices: dict[Slug, Slug] = {}
    limits: dict[Slug, Limit] = {}
    left_out: Annotated[tuple[Slug, ...], Field(strict=False)] = ()
    days: dict[Nation, Annotated[dict[Day, DayOverride], Field(max_length=100)]] = {}


@dataclass(frozen=True, slots=True)
class Description:
    """A step in words for the screen, in its nation's terms."""

    title: str
    source: Source
    judgement: bool
    verified: bool


Timetables = Mapping[Nation, NationTimetable]


def load_timetable(toml: bytes) -> NationTimetable:
    """Reads a timetable file. Raises TooLarge, Malformed."""
    if len(toml) > MAX_BYTES:
        raise TooLarge("timetable", f"A timetable file has at most {MAX_BYTES} bytes.")
    try:
        return NationTimetable.model_validate(tomllib.loads(toml.decode()))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Malformed("timetable", "Mend the timetable file: " + _reason(error)) from None


def freeze(
    sender_nation: Nation,
    receiver_nation: Nation,
    timetables: Timetables,
    transfer: Transfer,
    stay: Stay,
    planned: Planned,
    settings: PartnershipSettings,
    on: date,
) -> FrozenTimetable:
    """The timetable that goes into the first statement, from the day `on` for 24 months.

    Each side's steps come from its own nation's file. Raises NotFound for a nation without a file,
    Malformed for settings that name an unknown step or alternative.
    """
    nations: dict[Side, Nation] = {"sender": sender_nation, "receiver": receiver_nation}
    if any(nation not in timetables for nation in nations.values()):
        raise NotFound("timetable", "There is no timetable for this nation.")
    _check(settings, timetables)
    steps = tuple(
        _freeze_step(step, settings)
        for side, nation in nations.items()
        for step in timetables[nation].steps
        if step.owes == side
        and step.code not in settings.left_out
        and transfer in step.transfers
        and stay in step.stays
        and planned in step.planned
    )
    first, until = months_later(on, -LOOKBACK_MONTHS), months_later(on, HORIZON_MONTHS)
    closed = {side: _closed(nation, first, until, settings) for side, nation in nations.items()}
    return FrozenTimetable.model_validate(
        {
            "from": first.isoformat(),
            "until": until.isoformat(),
            "nations": Nations(**nations),
            "closed": ClosedDays(**closed),
            "steps": steps,
        }
    )


def describe(timetables: Timetables, nation: Nation, step: str, source: str) -> Description:
    """What a frozen step of `nation`, the one of the side that owes it, means.

    A code or source that this version does not know is shown as it is.
    """
    table = timetables.get(nation)
    sources = {row.id: row for row in table.sources} if table else {}
    row = next((row for row in table.steps if row.code == step), None) if table else None
    return Description(
        title=row.title if row else step,
        source=sources.get(source) or _bare_source(source),
        judgement=row is not None and row.judgement and row.source == source,
        verified=row is not None and (row.verified or row.source != source),
    )


def _freeze_step(step: Step, settings: PartnershipSettings) -> FrozenStep:
    after, within, source = step.after, step.within, step.source
    chosen = settings.choices.get(step.code)
    for alternative in step.alternatives:
        if alternative.name == chosen:
            after = alternative.after or after
            within, source = alternative.within or within, alternative.source
    if step.code in settings.limits:
        within, source = settings.limits[step.code], LOCAL
    return FrozenStep(
        code=step.code,
        owes=step.owes,
        after=after,
        begins=step.begins,
        n=within.n,
        unit=within.unit,
        met_by=step.met_by,
        soon=step.soon,
        source=source,
    )


def _closed(
    nation: Nation, first: date, last: date, settings: PartnershipSettings
) -> tuple[str, ...]:
    own = settings.days.get(nation, {})
    overrides = {date.fromisoformat(day): override for day, override in own.items()}
    return tuple(day.isoformat() for day in bank_holidays(nation, first, last, overrides))


def _check(settings: PartnershipSettings, timetables: Timetables) -> None:
    """A setting with a slip of the pen must not quietly do nothing."""
    steps = {step.code for step in _rows(timetables)}
    named = {*settings.choices, *settings.limits, *settings.left_out}
    offered = {(step.code, other.name) for step in _rows(timetables) for other in step.alternatives}
    if not named <= steps or not settings.choices.items() <= offered:
        raise Malformed("timetable-settings", "The settings name an unknown step or alternative.")


def _rows(timetables: Timetables) -> Iterator[Step]:
    return (step for table in timetables.values() for step in table.steps)


def _bare_source(source: str) -> Source:
    if source == LOCAL:
        return Source(
            id=LOCAL,
            title="Set by the safeguarding partnership",
            publisher="The partnership",
            reference="Local settings",
        )
    return Source.model_construct(id=source, title=source, publisher="", reference="")


def _reason(error: Exception) -> str:
    """Where it is wrong; timetables and settings hold nothing about a family."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return "it is not readable TOML."
