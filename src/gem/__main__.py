"""`python -m gem` is the command `gem-gym`."""

import sys

from gem.cli import main

sys.exit(main())
