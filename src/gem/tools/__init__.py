"""Tools that an agent calls in the middle of an episode, and the wrapper that gives them to an env."""
