"""The remedies' own pages: a lead's answer from anywhere, and the settings of who may give what."""
