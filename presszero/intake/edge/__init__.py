"""The edge: one asyncio process that holds everything open or urgent. Raw ASGI, no ORM, a few statements by hand.

Words it owns: *door* (a webhook comes in), *group* (arrivals that share one commit), *spool* (arrivals kept on disk
while the database is away), *tail* (reading the timeline on), *stream* (one open page), *topic* (what a page asks to be
nudged about), *relay* (everything else goes to the app).
Announces and hears no facts; it reads the timeline only to say that there is something new.
"""
