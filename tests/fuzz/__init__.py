"""Coverage-guided fuzzing of every parser that takes bytes from outside.

    python -m tests.fuzz                        # which targets there are
    python -m tests.fuzz age --runs 200000      # one of them, or several

Each target in `targets/` states one property: for any bytes at all only our own errors are raised,
and what is accepted is written again exactly as it was read. Where a signature, a MAC or a digest
would end every mutation at the first check, the target makes a right one over what was mutated, so
that what stands behind it is reached. An input of more than ten seconds, or one that takes the
process past 1 GiB, is a crash too. Whatever crashes becomes a vector (tests/vectors).
"""
