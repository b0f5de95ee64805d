"""Chat templates in the manner of well-known models, and a tokenizer that can only apply them.

Written for these tests. Rendered as `transformers` does: sandboxed jinja2, blocks trimmed.
"""

from __future__ import annotations

from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHATML = """
{%- if messages[0].role != 'system' -%}
<|im_start|>system\nYou help.<|im_end|>
{% endif %}
{%- for message in messages %}
    {%- if message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{ '<|im_end|>\\n' }}{% endif %}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""
"""Fixed texts around untouched contents; neighbouring tool messages share a block."""

HEADERS = """
{%- for message in messages %}
    {%- set text = '<|start|>' + message.role + '<|end|>\\n\\n' + message.content | trim + '<|eot|>' %}
    {%- if loop.first %}{{ '<|bos|>' }}{% endif %}
    {{- text }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|start|>assistant<|end|>\\n\\n' }}{% endif %}
"""
"""Contents are trimmed; a token opens the text."""

TURNS_ONLY = """
{{- '<bos>' }}
{%- for message in messages %}
    {%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}
    {%- set role = 'model' if message.role == 'assistant' else message.role %}
    {{- '<turn>' + role + '\\n' + message.content | trim + '</turn>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<turn>model\\n' }}{% endif %}
"""
"""User and model in turn; any other role is refused."""

NO_TOOLS = """
{%- for message in messages %}
    {%- if message.role == 'user' %}{{ '[U]' + message.content + '[/U]' }}
    {%- elif message.role == 'assistant' %}{{ '[A]' + message.content + '[/A]' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '[A]' }}{% endif %}
"""
"""Other roles are dropped without a word."""

THINKING = """
{%- set ns = namespace(last_query=0) %}
{%- for message in messages %}
    {%- if message.role == 'user' %}{% set ns.last_query = loop.index0 %}{% endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {%- set answer = message.content.split('</think>')[-1].lstrip('\\n') %}
        {%- if '</think>' in message.content and loop.index0 > ns.last_query %}
            {%- set thought = message.content.split('</think>')[0].split('<think>')[-1].strip('\\n') %}
            {{- '<|im_start|>assistant\\n<think>\\n' + thought + '\\n</think>\\n\\n' + answer + '<|im_end|>\\n' }}
        {%- else %}
            {{- '<|im_start|>assistant\\n' + answer + '<|im_end|>\\n' }}
        {%- endif %}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""
"""Earlier replies lose their reasoning once the user speaks again: with tools, earlier turns are rewritten."""

LAST_REPLY_THINKS = """
{%- for message in messages %}
    {%- set old = loop.index0 < messages | length - 2 %}
    {%- set content = message.content.split('</think>')[-1] if old else message.content %}
    {{- '<' + message.role + '>' + content }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<assistant>' }}{% endif %}
"""
"""Every turn rewrites the one before."""

DATED = CHATML.replace("You help.", "Today is {{ strftime_now('%d %b %Y') }}.")
"""What was rendered yesterday is wrong today."""

APPEND_ONLY = {"chatml": CHATML, "headers": HEADERS, "turns only": TURNS_ONLY, "no tools": NO_TOOLS}
REWRITING = {"thinking": THINKING, "last reply thinks": LAST_REPLY_THINKS, "dated": DATED}
ALL = {**APPEND_ONLY, **REWRITING}


class Tokenizer:
    """Counts the calls of its template and the messages passed to it."""

    def __init__(self, chat_template: str) -> None:
        self.chat_template = chat_template
        self.today = "22 Nov 2026"
        self.calls = 0
        self.messages = 0

    def apply_chat_template(self, messages, *, tokenize, add_generation_prompt):
        assert not tokenize
        self.calls += 1
        self.messages += len(messages)
        template = compiled(self.chat_template)
        return template.render(
            messages=messages, add_generation_prompt=add_generation_prompt, strftime_now=lambda _: self.today
        )


_COMPILED = {}


def compiled(source: str):
    if source not in _COMPILED:
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _raise
        _COMPILED[source] = environment.from_string(source)
    return _COMPILED[source]


def _raise(message):
    raise TemplateError(message)


TOKENIZERS = {name: Tokenizer(source) for name, source in ALL.items()}
"""Shared by all tests, so that each is studied once."""
