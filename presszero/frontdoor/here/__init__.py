"""Help where you stand: a sign in the shop whose code opens chat, a call, or "come to me" for the staff on duty."""
