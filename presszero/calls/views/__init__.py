"""What a member's phone asks for, and their own page about it."""
