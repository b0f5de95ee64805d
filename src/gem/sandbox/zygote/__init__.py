"""The default sandbox: zygotes fork a confined process for each program. The host's side; `box` is the far one."""
