"""The JSON Schema of a bundle's manifest.

`python -m app.bundle.schemas [folder]` writes it (to `openapi/schemas` by default).
"""

import sys
from pathlib import Path
from typing import Any

from app.bundle.manifest import Manifest
from app.trust.schemas import named, write


def schemas() -> dict[str, dict[str, Any]]:
    """The schema by its file name."""
    return {"manifest.json": named("manifest", Manifest)}


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "openapi/schemas"), schemas())
