"""Replies that no env may stumble over: absurd texts, and things that are no text at all."""

from __future__ import annotations

from typing import Any

MEGABYTE = 1_000_000

JUNK: dict[str, Any] = {
    "empty": "",
    "blank": " \t\r\n\v\f  ",
    "NUL bytes": "\x00\x00\\boxed{\x00}\x00",
    "lone surrogates": "\ud800 \\boxed{\udfff} \udc00",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\u2028\u202e\ufeff",
    "no move": "I would rather talk about the weather.",
    "empty box": "\\boxed{}",
    "blank box": "\\boxed{   }",
    "open box": "\\boxed{",
    "open box with text": "\\boxed{never closed",
    "closing braces": "}}}}\\boxed}{",
    "nested boxes": "\\boxed{" * 20 + "}" * 20,
    "unbalanced nesting": "\\boxed{\\boxed{{{}\\boxed{}}",
    "escaped braces": "\\boxed{\\{\\}\\{}",
    "only braces": "{}" * 50,
    "format characters": "\\boxed{{0} {obs!r} %s %(name)s %n ${PATH}}",
    "tags": "<think><answer></answer></think><python></python><tool_call></tool_call>",
    "open tags": "<answer><python><tool_call><search><bash>",
    "open fence": "```python\n",
    "JSON": '{"action": null, "arguments": [[[]]]}',
    "symbols": "\\boxed{☃ \u0660\u0661\u0662 ½ ² Ⅷ 🂡 é e\u0301}",
    "None": None,
    "a number": 7,
    "not a number": float("nan"),
    "bytes": b"\\boxed{1}",
    "a list": ["\\boxed{1}"],
    "a dict": {"role": "assistant", "content": "\\boxed{1}"},
}
"""Name → reply. None of them is a move in any env: each must be answered, and none may earn anything."""

LONG_JUNK: dict[str, str] = {
    "1 MB of one letter": "a" * MEGABYTE,
    "1 MB in a box": f"\\boxed{{{'a ' * (MEGABYTE // 2)}}}",
    "1 MB of digits in a box": f"\\boxed{{{'7' * MEGABYTE}}}",
    "1 MB of open boxes": "\\boxed{" * (MEGABYTE // 7),
    "1 MB of nested boxes": "\\boxed{" * (MEGABYTE // 8) + "}" * (MEGABYTE // 8),
    "1 MB of empty boxes": "\\boxed{}" * (MEGABYTE // 8),
    "1 MB of spaces in a fence": "```" + " " * MEGABYTE,
    "1 MB of backticks": "`" * MEGABYTE,
    "1 MB of open tags": "<answer>" * (MEGABYTE // 8),
    "1 MB of lines": "\n" * MEGABYTE,
}
"""Name → reply that makes careless parsing slow or hungry."""
