"""How long something may be ago before a rule asks about it, in days.

Where procedure names no number it is this project's judgement, said so. Dates of reduced precision
are always read so that nothing is asked too early.
"""

MINUTES = 21
"""Minutes reach everybody: 15 working days (North Yorkshire, conference documents and minutes)."""
MEETINGS = 365
"""Core groups and other small meetings of the last year count; conferences always do. Judgement."""
CONFIRMED = 14
"""Someone who was sent minutes confirms that they have come. Judgement."""
ASKED = 7
"""A meeting that was asked for is fixed or refused. Judgement."""
SEEN = 28
"""A child is seen, where the plan does not say how often. Judgement: four weeks."""
SEEN_IN_CARE = 42
"""A child who is looked after or privately fostered is visited: six weeks (Care Planning
Regulations 2010, regulation 28; Private Fostering Regulations 2005, regulation 8)."""
SEEN_ALONE = 42
"""A child who can be asked is seen alone. Judgement: six weeks."""
SUPERVISED = 92
"""The child's lived experience is thought about in supervision. Judgement: three months."""
READING = 183
"""Substance misuse or mental health is looked at anew. Judgement: half a year."""
REGRADED = 92
"""A neglect tool is used a second time, so that it shows a direction. Judgement: three months."""
RECENT = 730
"""Moves, changes of worker and incidents that still weigh on the case. Judgement: two years."""
HOLE = 183
"""Nothing in the chronology. Judgement: half a year."""
SILENCE = 60
"""Nothing in the chronology up to the handover. Judgement: two months."""
FROM_BIRTH = 183
"""The chronology begins within half a year of a child's birth (Plymouth: at birth)."""
