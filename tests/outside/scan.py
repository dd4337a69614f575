"""A small malware scanner: knows one signature, and answers as ClamAV does.

Run as `scan.py [MEMORY]`: reads a document from standard input, writes nothing to the disk, and
appends how many bytes it read to the file MEMORY, if one is named.
"""

import sys
from pathlib import Path

SIGNATURE = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
"""In two parts, so that no scanner takes this file for what it looks for."""


def main() -> int:
    read, tail, found = 0, b"", False
    while piece := sys.stdin.buffer.read(65536):
        read += len(piece)
        found = found or SIGNATURE in tail + piece
        tail = (tail + piece)[-len(SIGNATURE) :]
    for memory in sys.argv[1:]:
        with Path(memory).open("a") as file:
            file.write(f"{read}\n")
    print("FOUND" if found else "OK", "and much more", "x" * 100_000)
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
