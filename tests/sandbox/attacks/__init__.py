"""Proof that the sandbox holds: hostile programs, the world that they attack, and a judge who sees both sides.

corpus/ holds one program per attack, arena.py walls them all in, world.py plants what they are after, runner.py runs
them and says which held, allowed_losses.toml lists what a lower rung of the ladder may lose and why.
"""
