"""Tests of `gem.train`."""
