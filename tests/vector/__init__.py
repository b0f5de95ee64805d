"""Tests of `gem.vector`."""
