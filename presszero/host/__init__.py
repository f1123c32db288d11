"""This machine: the folder Press Zero writes in, its own PostgreSQL, its processes, and a check-up of all of them.

Stands beside `core` at the bottom: it knows nothing of merchants or messages, and needs no Django. Linux only.

Words it owns: *home* (the folder everything written lies in), *cluster* (our embedded PostgreSQL and its data),
*account* (the system user PostgreSQL runs as), *child* (a process the supervisor keeps running), *finding*
(one thing the doctor looked at). Announces and hears no facts.
"""
