"""Two authorities of real processes, while everything around them breaks.

    python -m tests.acceptance.faults --seed 7 --faults 1000

Processes and databases are killed, connections cut, delayed, doubled and their answers lost, disks
filled, clocks set. Desks at both authorities go on working meanwhile, and remember what they were
promised. In the end nothing breaks any more, and what `invariants` says must hold.
"""
