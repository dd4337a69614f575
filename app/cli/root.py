"""`handover`: the root of all commands."""

from collections.abc import Callable
from pathlib import Path

import click

from app.cli import (
    adding,
    audit,
    backup,
    check,
    demo,
    directory,
    evidence,
    grants,
    handovers,
    health,
    init,
    items,
    keys,
    network,
    opening,
    patterns,
    reindex,
    respond,
    send,
    serve,
    sync,
    token,
    verify,
)
from app.cli.common import Group, Shell
from app.flows.site import Site


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="CASE_HANDOVER_HOME",
    help="The service's home folder (CASE_HANDOVER_HOME); this folder, if not given.",
)
@click.version_option(package_name="case-handover")
@click.pass_context
def handover(ctx: click.Context, home: Path) -> None:
    """Hand a family's case from one authority to another, so that the move costs the child
    nothing."""
    ctx.obj.home = home


for command in (
    demo.demo,
    init.init,
    health.health,
    serve.serve,
    serve.worker,
    token.token,
    keys.keys,
    directory.directory,
    check.check,
    send.send,
    handovers.list_,
    handovers.show,
    handovers.overdue,
    opening.open_,
    adding.supplement,
    adding.correct,
    handovers.retry,
    items.items,
    network.network,
    items.settle,
    patterns.patterns,
    items.answer,
    grants.addresses,
    grants.grant,
    grants.restrict,
    reindex.reindex,
    backup.backup,
    backup.restore,
    sync.sync,
    respond.acknowledge,
    respond.accept,
    evidence.evidence,
    audit.audit,
    verify.verify,
):
    handover.add_command(command)


def start(open_site: Callable[[Path, str | None], Site]) -> None:
    """Run the command that the arguments name."""
    handover(obj=Shell(Path(), open_site))
