"""`python -m presszero` is the same as `presszero`."""

import sys

from presszero.cli import main

sys.exit(main())
