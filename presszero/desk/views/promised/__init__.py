"""Screens of promises and expectations: the boards, the sheet for one, calls that were written down."""
