"""Tests of `gem.agents`."""
