"""The facts the team announces."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Fact):
    kind = "member.joined"
    sentence = "{by} joined the team"

    member_id: int
    role: str
    came_back: bool  # had left before


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Fact):
    kind = "member.left"
    sentence = "{by} ended a membership"

    member_id: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Fact):
    kind = "role.changed"
    sentence = "{by} changed a role from {before} to {after}"

    member_id: int
    before: str
    after: str
