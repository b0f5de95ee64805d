"""A small Linux machine for an agent: one long-lived bash in a box of its own.

    from gem.sandbox.terminal import Terminal

    with Terminal() as machine:
        machine.run("cd /tmp && seq 3 > numbers")
        machine.run("wc -l numbers").stdout                 # "3 numbers\\n"

machine.py is the face; shell.py drives bash, box.py holds it, foundation.py lays the mounts that it stands on.
"""

from gem.sandbox.terminal.layers import Changes as Changes
from gem.sandbox.terminal.machine import Snapshot as Snapshot
from gem.sandbox.terminal.machine import Terminal as Terminal
