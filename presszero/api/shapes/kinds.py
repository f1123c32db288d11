"""What shapes are made of."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from ninja import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")

BIGGEST = 2**63 - 1


def _whole(value: object) -> object:
    """A number is a number: neither true nor "7" will do."""
    if isinstance(value, bool | str | float):
        raise ValueError("should be a whole number")
    return value


Id = Annotated[int, Field(ge=1, le=BIGGEST), BeforeValidator(_whole)]
PathId = Annotated[int, Path(ge=1, le=BIGGEST)]
QueryId = Annotated[int, Field(ge=1, le=BIGGEST)]
Line = Annotated[str, Field(max_length=300)]


class In(BaseModel):
    """Sent to us. A field we do not know is a mistake worth telling: `author` or `role` would be believed otherwise."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """Sent by us: these fields, no others."""

    model_config = ConfigDict(extra="forbid")


class Page(Out, Generic[T]):
    """A page of a list. `next` is the address of the following page, null at the end."""

    data: list[T]
    next_cursor: str | None
    next: str | None


class Paging(BaseModel):
    """Which page. Begin without a cursor, then follow `next`."""

    cursor: str = Field("", max_length=300, description="Where the page before ended: its `next_cursor`.")
    limit: int = Field(50, ge=1, le=100, description="How many at most.")


class Named(Out):
    id: int
    name: str


class ProblemShape(BaseModel):
    """A refusal (RFC 9457). `detail` is a sentence for a person; `errors` says what does not fit, and where."""

    type: str
    title: str
    status: int
    detail: str | None = None
    next_step: str | None = None
    needed: str | None = None
    errors: list[dict[str, str]] | None = None
