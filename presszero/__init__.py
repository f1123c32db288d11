"""Press Zero: customer service for merchants who sell direct to their customers.

One folder per thing a shopkeeper would name. `docs/architecture.md` shows how they stand on each other.
"""

__version__ = "0.1.0"
