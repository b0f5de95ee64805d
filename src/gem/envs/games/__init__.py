"""Text games, one file each: its own instances, text, rules and solver."""
