"""Tests of `gem.data`."""
