"""Reports of non-delivery, from machines that follow the standard and from those that only write prose.

Owns: find (is this mail a bounce, of whom, and is the address dead).
"""
