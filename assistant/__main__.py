"""`python -m assistant` is the same as `kd`."""

import sys

from assistant.cli import main

sys.exit(main())
