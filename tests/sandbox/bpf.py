"""A classic BPF machine, as far as a system call filter needs it: what does the kernel answer to this call?"""

from __future__ import annotations

import struct

from gem.sandbox.box.seccomp import ANY_BIT, AT_LEAST, AUDIT_ARCH, EQUAL, JUMP, LOAD, RETURN


def answer_to(program: bytes, number: int, *arguments: int, machine: str = "x86_64", arch: int | None = None) -> int:
    """Run `program` over one call; every step goes forward, as the kernel demands."""
    words = [argument & (1 << 64) - 1 for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("=iIQ6Q", number, AUDIT_ARCH[machine] if arch is None else arch, 0, *words)
    lines = list(struct.iter_unpack("HBBI", program))
    at = value = 0
    while True:
        code, if_true, if_false, operand = lines[at]
        at += 1
        if code == LOAD:
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == JUMP:
            at += operand
        elif code == RETURN:
            return operand
        else:
            holds = {EQUAL: value == operand, AT_LEAST: value >= operand, ANY_BIT: bool(value & operand)}[code]
            at += if_true if holds else if_false
