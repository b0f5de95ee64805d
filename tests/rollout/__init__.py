"""Tests of `gem.rollout`."""
