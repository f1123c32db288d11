"""The settings, a file for each kind of thing that can be set."""
