"""What runs on the far side: the zygote, the box around each program, the program's harness.

The modules of this package use the standard library only and import one another, nothing else of gem: `start.py`
runs them in a fresh interpreter that has never seen numpy, the trainer's memory, or a task's expected output.
"""
