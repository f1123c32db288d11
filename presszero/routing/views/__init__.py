"""Routing's own pages: queues and targets, who can what, help within five minutes."""
