"""What runs in the worker processes of `gem-gym bench vector`, under the python of the side to measure.

A peer's python has our package not at all, and may have another one of the name `gem`: only `gem_side` imports a
`gem`, whichever is there, and the rest needs NumPy alone.
"""
