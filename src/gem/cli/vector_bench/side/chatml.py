"""A tokenizer stand-in that can only apply a chat template, rendered by jinja2: plain or tool-aware ChatML.

The template is compiled once per process, as transformers does, so a benchmark measures rendering and not compiling.
It has no vocabulary and refuses to tokenize.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

ASSISTANT_HEADER = "<|im_start|>assistant\n"

CHATML_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

TOOL_AWARE_TEMPLATE = """
{%- if messages[0].role != 'system' %}
    {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role in ('user', 'system') or (message.role == 'assistant' and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant' }}
        {%- if message.content %}{{- '\\n' + message.content }}{%- endif %}
        {%- for call in message.tool_calls %}{{- '\\n<tool_call>\\n' + call + '\\n</tool_call>' }}{%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{- '<|im_end|>\\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""
"""As much branching per message as the templates that today's models ship with."""

TEMPLATES = {"plain": CHATML_TEMPLATE, "tool-aware": TOOL_AWARE_TEMPLATE}


class ChatMLTokenizer:
    """Offers `chat_template` and `apply_chat_template`, the two things a chat wrapper may ask for."""

    def __init__(self, chat_template: str) -> None:
        self.chat_template = chat_template
        self.name_or_path = "chatml"

    def apply_chat_template(
        self, messages: Sequence[Mapping[str, str]], tokenize: bool = False, add_generation_prompt: bool = False
    ) -> str:
        """The messages as one text, ended by the assistant's header where a generation is to follow."""
        if tokenize:
            raise NotImplementedError("this tokenizer only renders text; pass tokenize=False")
        return compiled(self.chat_template).render(messages=messages, add_generation_prompt=add_generation_prompt)


@lru_cache
def compiled(chat_template: str) -> Template:
    """Same environment as transformers: sandboxed, blocks trimmed."""
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(chat_template)
