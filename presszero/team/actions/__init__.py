"""What people do about the team: prove who they are, invite, join, change roles, leave."""

from .invitations import Invited, accept_as, accept_new, found_team, invite, withdraw
from .members import change_role, leave, remove
from .passwords import ask_for_reset, change_password, reset_link, reset_password
from .profile import Profile, change_profile
from .second_factor import begin_second_factor, confirm_second_factor, new_recovery_codes, remove_second_factor
from .sessions import (
    Browser,
    Opened,
    continue_at,
    end_member_sessions,
    end_other_sessions,
    end_session,
    sign_out,
    start_session,
    sweep,
    switch_merchant,
)
from .sign_in import CodeAwaited, answer_challenge, sign_in

__all__ = [
    "Browser",
    "CodeAwaited",
    "Invited",
    "Opened",
    "Profile",
    "accept_as",
    "accept_new",
    "answer_challenge",
    "ask_for_reset",
    "begin_second_factor",
    "change_password",
    "change_profile",
    "change_role",
    "confirm_second_factor",
    "continue_at",
    "end_member_sessions",
    "end_other_sessions",
    "end_session",
    "found_team",
    "invite",
    "leave",
    "new_recovery_codes",
    "remove",
    "remove_second_factor",
    "reset_link",
    "reset_password",
    "sign_in",
    "sign_out",
    "start_session",
    "sweep",
    "switch_merchant",
    "withdraw",
]
