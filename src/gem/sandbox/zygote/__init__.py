"""The default sandbox: zygotes that fork a confined process for each program. The host's side; the far side is `box`."""
