"""What the settings may be told. Every form names its fields; nothing else that is sent is looked at."""
