"""The chat as a browser sees it: its frame, who is there, what was said. Messages themselves go through the door."""
