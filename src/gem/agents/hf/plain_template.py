"""A chat template for models that have none: a speaker's name above each text, the end token after each reply."""

PLAIN = (
    "{% for message in messages %}"
    "{{ message['role'].capitalize() }}:\n{{ message['content'] }}"
    "{{ eos_token if message['role'] == 'assistant' else '' }}\n\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
