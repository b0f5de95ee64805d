"""Backends that start an interpreter for each program: plain, under Bubblewrap, in a container."""
