"""How many processor cores this process may use."""

import os

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
"""What the machine has, as far as this process is allowed on it."""
