"""Settings: a TOML file in the service's home folder, each overridden by an environment variable.

`CASE_HANDOVER_HOME` names the folder; `CASE_HANDOVER_<SETTING>` overrides a setting, except the
tables `partnership` and `oidc_teams` and the lists `formerly` and `scan_command`. Secrets are never
settings: they come from files that settings name. Every setting is described here, and the README's
table is held to these descriptions by a test.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)

from app.errors import Malformed

FILE = "handover.toml"
PREFIX = "CASE_HANDOVER_"
AUTHORITY = r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9-]{1,32}$"
OF_THE_FILE = {"partnership", "formerly", "oidc_teams", "scan_command"}
"""Settings that no variable of the environment overrides."""

_ISSUER = (
    r"^(|(https://[a-z0-9.-]{1,253}|http://(localhost|127\.0\.0\.1|\[::1\]))"
    r"(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~-]+)*/?)$"
)
_ObjectId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
_Team = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


def _with_issuer(audience: str, info: ValidationInfo) -> str:
    """A token that is for anybody at all is none for us."""
    if info.data.get("oidc_issuer") and not audience:
        raise ValueError("an issuer needs an audience")
    return audience


class Settings(BaseModel):
    """How one authority's service runs. Paths are relative to the home folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: Annotated[
        str,
        Field(
            pattern=AUTHORITY,
            description="This authority's identifier, `scheme:code`, such as `gss:E10000025`.",
        ),
    ]
    formerly: Annotated[
        tuple[Annotated[str, Field(pattern=AUTHORITY)], ...],
        Field(
            description="Former identifiers: of authorities that this one has succeeded, and whose "
            "handovers are held here."
        ),
    ] = ()
    nation: Annotated[
        Literal["england", "wales", "scotland", "northern_ireland"],
        Field(description="Whose timetable and bank holidays apply to what this authority owes."),
    ] = "england"
    host: Annotated[str, Field(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on.")] = 8080
    database: Annotated[
        str,
        Field(
            description="Database: empty for `handover.db` in the home folder, or "
            "`postgresql://user@host/name?passfile=/run/secrets/pgpass`."
        ),
    ] = ""
    blobs: Annotated[
        str,
        Field(
            description="Where the sealed files are: a folder, or `s3://bucket/prefix`, "
            "`az://container/prefix`, `gs://bucket/prefix`."
        ),
    ] = "blobs"
    keyring: Annotated[str, Field(description="File of this authority's private keys.")] = (
        "keyring.age"
    )
    passphrase_file: Annotated[
        str,
        Field(
            description="File with the keyring's passphrase, for an unattended start; empty to be "
            "asked on the terminal."
        ),
    ] = ""
    partnership: Annotated[
        dict[str, Any],
        Field(
            description="What the safeguarding partnership changes in the timetable: tables "
            "`choices` (step: alternative), `limits` (step: n and unit), `left_out`, `days`."
        ),
    ] = {}
    drain_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=300,
            description="Seconds that requests and deliveries under way have when the service is "
            "told to end; two seconds later it has ended.",
        ),
    ] = 10
    oidc_issuer: Annotated[
        str,
        Field(
            pattern=_ISSUER,
            description="Identity provider whose access tokens the API takes beside its own, as "
            "its tokens' `iss` names it; empty for none.",
        ),
    ] = ""
    oidc_audience: Annotated[
        str,
        AfterValidator(_with_issuer),
        Field(
            validate_default=True,
            description="What the provider's tokens call this service (`aud`), such as the "
            "application's client id; needed with `oidc_issuer`.",
        ),
    ] = ""
    oidc_tenant: Annotated[
        str,
        Field(description="The one tenant (`tid`) whose tokens count; empty for any."),
    ] = ""
    oidc_teams: Annotated[
        dict[_ObjectId, _Team],
        Field(
            description="Table: the team's code by the object id of a group, or of an application "
            "(a case management system), at the provider."
        ),
    ] = {}
    receiving_team: Annotated[
        str, Field(description="The team to which handovers from other authorities come first.")
    ] = "front-door"
    draft_days: Annotated[
        int, Field(ge=1, le=365, description="Days after which a draft that was not sent goes.")
    ] = 30
    upload_hours: Annotated[
        int, Field(ge=1, le=720, description="Hours for which an unfinished upload is kept.")
    ] = 72
    peer_uploads: Annotated[
        int, Field(ge=1, description="Most unfinished uploads of one other authority.")
    ] = 20
    peer_upload_bytes: Annotated[
        int, Field(ge=2**20, description="Most bytes that its unfinished uploads announce in all.")
    ] = 8 * 2**30
    peer_rate: Annotated[
        int,
        Field(
            ge=1,
            description="Most signed requests of one other authority in a minute, in each process.",
        ),
    ] = 600
    disk_reserve: Annotated[
        int,
        Field(
            ge=0,
            description="Bytes of the disk that papers never take: then uploads and documents are "
            "refused for now (507), and statements still come in. Not asked of an object store.",
        ),
    ] = 256 * 2**20
    bundle_bytes: Annotated[
        int, Field(ge=2**20, description="Largest bundle that is sent or taken.")
    ] = 2 * 2**30
    content_bytes: Annotated[int, Field(ge=2**16, description="Largest case file, as JSON.")] = (
        32 * 2**20
    )
    attachments: Annotated[
        int, Field(ge=0, le=9998, description="Most attachments of one handover.")
    ] = 1999
    scan_command: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        Field(
            description="Malware scanner that each document goes through before it is opened, as a "
            "list of words, such as `['clamdscan', '--no-summary', '-']`; empty for none."
        ),
    ] = []
    scan_seconds: Annotated[
        int, Field(ge=1, le=3600, description="Time that scanning one document may take.")
    ] = 120


def load(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a home folder. Raises Malformed (`settings-missing`, `settings-invalid`)."""
    environment = os.environ if environment is None else environment
    path = home / FILE
    if not path.is_file():
        raise Malformed(
            "settings-missing", f"There is no {FILE} in {home}: make one with `handover init`"
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise Malformed("settings-invalid", f"{path} is not a TOML file in UTF-8") from None
    except OSError:
        raise Malformed("settings-missing", f"{path} can't be read: check its owner") from None
    for name in Settings.model_fields.keys() - OF_THE_FILE:
        if (given := environment.get(PREFIX + name.upper())) is not None:
            values[name] = given
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        names = {str(one["loc"][0]) for one in error.errors()}
        detail = f"These settings of {path} are not right: {_described(names)}"
        raise Malformed("settings-invalid", detail) from None


def table() -> str:
    """All settings as the README's Markdown table."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = (
            "" if field.is_required() or field.default in ("", {}, [], ()) else f"`{field.default}`"
        )
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(rows)


def database_url(settings: Settings, home: Path) -> str:
    """Where the database is."""
    return settings.database or f"sqlite:///{(home / 'handover.db').resolve()}"


def _described(names: set[str]) -> str:
    fields = Settings.model_fields
    return "; ".join(
        f"`{name}`: {fields[name].description if name in fields else 'there is no such setting'}"
        for name in sorted(names)
    )
