"""A sandbox on another machine: the client, the server, and the protocol between them."""
