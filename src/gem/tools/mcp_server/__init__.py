"""MCP servers at the paths of the released GEM; the servers themselves are in `gem.mcp.servers`."""
