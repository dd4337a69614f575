"""What every shape is."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Strict: nothing is coerced, and nothing is taken that has no name here."""

    model_config = ConfigDict(strict=True, extra="forbid")
