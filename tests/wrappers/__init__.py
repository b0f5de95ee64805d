"""Tests of `gem.wrappers`."""
