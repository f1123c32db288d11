"""How many people it takes, who is there, and how it goes just now.

`erlang` says exactly what n agents make of so many callers, and needs neither database nor Django: `presszero staffing`
is that alone. The forecast is learned from our own past arrivals. The wallboard reads what waits now; each of its
numbers opens the conversations it was counted from.

Owns: shift, expected arrivals, half-hour, wallboard.
Announces: nothing.
Hears: nothing.
"""
