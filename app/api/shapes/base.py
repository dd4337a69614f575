"""What every shape is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

When = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$")]
"""A day, or a UTC time to the second."""


class Shape(BaseModel):
    """Strict: nothing is coerced, and nothing is taken that has no name here."""

    model_config = ConfigDict(strict=True, extra="forbid")
