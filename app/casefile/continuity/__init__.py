"""The case as it is now: a case file with all that either authority has said of it since.

What each statement tells becomes a value (`tell`), and values are joined (`merge`). A value is two
sets: who said what of which entry, and who said that an entry no longer holds. So by construction

* **joining is associative, commutative and idempotent**: in which order statements are read, and
  how often, makes no difference, and two copies of a ledger give the same case;
* **nothing is lost**: every entry of every statement is in the result, word for word, with who said
  it; what was corrected or withdrawn stays there, marked, with the reason.

What *holds* is then computed from the whole, and the only order it knows is that of the ledger
(`Source.turn`), never a clock:

* an entry that several statements tell alike is one telling with several sources;
* an authority supersedes its own earlier words: by a correction, by an entry that `supersedes`
  another, or by sending a whole case file again. It can't supersede the other authority's words:
  what it says of them stands beside them, as a dispute;
* two tellings of one entry that both stand are a **conflict**, shown side by side.

Exchanging the places of two statements that speak of different entries changes nothing of this.

Only `Parts` can be supplemented and corrected. What a case file has once (its summary, restriction,
contacts, `children_views`...) is in no supplement: it is told by case files alone, where the last
one of an authority stands and those before are superseded.
"""

from app.casefile.continuity.current import Current, current
from app.casefile.continuity.present import present
from app.casefile.continuity.telling import Mark, Merged, Saying, Source, merge, tell

__all__ = [
    "Current", "Mark", "Merged", "Saying", "Source", "current", "merge", "present", "tell",
]  # fmt: skip
