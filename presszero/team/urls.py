"""Addresses of the team's screens. Each view's mark says who may open it."""

from __future__ import annotations

from django.urls import path

from .views import links, me, people, providers, sign_in, single_sign_on

urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/code", sign_in.code),
    path("sign-in/ways", single_sign_on.ways),
    path("sign-in/back", single_sign_on.back),
    path("sign-in/with/<slug:slug>", single_sign_on.with_provider),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("forgot", links.forgot),
    path("reset/<str:token>", links.reset),
    path("invitations/<str:token>", links.invitation),
    path("me", me.me, name="me"),
    path("me/password", me.password),
    path("me/merchant", me.merchant, name="switch-merchant"),
    path("me/membership/end", me.leave),
    path("me/second-factor", me.second_factor),
    path("me/second-factor/code.svg", me.second_factor_picture),
    path("me/second-factor/confirmation", me.second_factor_confirmation),
    path("me/second-factor/removal", me.second_factor_removal),
    path("me/recovery-codes", me.recovery_codes),
    path("me/identity", single_sign_on.identity),
    path("me/identity/end", single_sign_on.identity_end),
    path("me/sessions/end", me.other_sessions),
    path("me/sessions/<int:session_id>/end", me.session),
    path("settings/sign-in", providers.settings),
    path("settings/sign-in/check", providers.check),
    path("settings/sign-in/retirement", providers.retirement),
    path("settings/people", people.people, name="people"),
    path("settings/people/<int:member_id>/role", people.role),
    path("settings/people/<int:member_id>/removal", people.removal),
    path("settings/people/<int:member_id>/sessions/end", people.sessions_end),
    path("settings/invitations", people.invitations),
    path("settings/invitations/<int:invitation_id>/withdrawal", people.withdrawal),
]
