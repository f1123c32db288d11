"""What goes over the wire, field by field. What comes in and is not named here is refused."""
