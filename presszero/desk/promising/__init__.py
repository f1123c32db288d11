"""Promises and expectations as the desk shows them: a line each, chips while somebody types, the boards."""
