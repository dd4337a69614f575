"""What handling labels forbid."""

from app.casefile.model import CaseFile


def privileged(case_file: CaseFile) -> tuple[str, ...]:
    """The ids of entries, and the numbers of documents, under legal privilege: never to be sent.

    In the order of the file; documents as `attachment N`.
    """
    entries = [
        entry.id
        for entry in case_file.entries()
        if any(one.code == "legal_privilege" for one in entry.handling)
    ]
    documents = [
        f"attachment {one.number}"
        for one in case_file.attachments
        if any(limit.code == "legal_privilege" for limit in one.handling)
    ]
    return (*entries, *documents)
