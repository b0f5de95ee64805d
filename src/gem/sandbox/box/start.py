"""Where a zygote's interpreter starts: `python start.py FD`, with one end of a socket to the host at FD.

Only this package's own modules are imported, by their names in gem, without gem's other modules being run.
"""

from __future__ import annotations

import os
import socket
import sys
from types import ModuleType

HERE = os.path.dirname(os.path.abspath(__file__))


def open_house() -> None:
    """Make `gem.sandbox.box` importable, with empty packages above it."""
    for name, folder in (
        ("gem", os.path.dirname(os.path.dirname(HERE))),
        ("gem.sandbox", os.path.dirname(HERE)),
        ("gem.sandbox.box", HERE),
    ):
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package


def main() -> None:
    """Receive the orders, build the jail, serve."""
    open_house()
    from gem.sandbox.box import wire
    from gem.sandbox.box.zygote import Orders, Zygote, move_up

    channel = move_up(socket.socket(fileno=int(sys.argv[1])))
    channel.set_inheritable(False)
    received = wire.receive(channel)
    if received is None:
        return
    try:
        zygote = Zygote(channel, Orders.from_message(received[0]))
    except Exception as error:  # noqa: BLE001 - the host asks why
        wire.send(channel, {"kind": "failed", "why": f"{type(error).__name__}: {error}"})
        return
    zygote.serve()


main()
