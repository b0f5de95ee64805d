"""What can be said about measured agents: statistics over seeds and envs."""
