"""The items of a handover that nobody has answered for yet. Pure."""

from collections.abc import Collection

from app.handover.codes import BLOCKING_ITEMS, FINAL_DISPOSITIONS
from app.handover.view import HandoverView


def left_open(
    view: HandoverView, children: Collection[str], answered: Collection[str]
) -> tuple[str, ...]:
    """The items of these children, or of no child in particular, that have no final disposition
    and are not among the `answered`: concerns and outcomes first, since only they hold up an
    acceptance, and then in the order of their ids. None where no child is meant."""
    left = [
        (seen.type not in BLOCKING_ITEMS, item)
        for item, seen in view.items.items()
        if children
        and item not in answered
        and (seen.child is None or seen.child in children)
        and seen.disposition not in FINAL_DISPOSITIONS
    ]
    return tuple(item for _, item in sorted(left))
