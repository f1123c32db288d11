"""Addresses of staffing and the wallboard."""

from __future__ import annotations

from django.urls import path

from .views import staffing, wall

urlpatterns = [
    path("workforce/staffing", staffing.staffing),
    path("workforce/staffing.csv", staffing.sheet),
    path("workforce/wall", wall.wall),
    path("workforce/wall/now", wall.wall_now),
    path("workforce/board", wall.board),
    path("workforce/board/now", wall.board_now),
    path("workforce/waits.csv", wall.sheet),
    path("workforce/roster", staffing.roster_kept),
    path("workforce/plan", staffing.plan_kept),
    path("workforce/proposal", staffing.proposal_taken),
]
