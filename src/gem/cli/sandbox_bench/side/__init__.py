"""What runs in the worker processes of `gem-gym bench sandbox`, under the python of the contestant.

A peer's python has our package not at all, and has another one of the name `gem`: only `ours` and `released` import
a `gem`, whichever is there, and the rest needs the standard library alone.
"""
