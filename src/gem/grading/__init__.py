"""Judging answers: pure functions from an answer and what is right to a verdict."""
