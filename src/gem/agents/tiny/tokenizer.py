"""Tokens for the tiny model: byte-level BPE whose merges may span whole phrases.

Text games repeat their sentences, so merges across spaces halve the tokens of an episode.
Numbers are never merged with their surroundings, and `\\boxed{` and `}` are single tokens. Any text
can be encoded, and decodes to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gem.core import Info

PAD, OBSERVATION, ACTION, END = "<|pad|>", "<|observation|>", "<|action|>", "<|end|>"
MARKERS = (PAD, OBSERVATION, ACTION, END)
WHOLE_WORDS = ("\\boxed{", "}")


class TinyTokenizer:
    """The renderer of the tiny agent: each observation between two markers, each reply up to an end marker."""

    def __init__(self, tokenizer: Any) -> None:
        tokenizer.encode_special_tokens = True  # a marker written out in an observation stays plain text
        self._tokenizer = tokenizer
        self.pad, self.observation, self.action, self.end = (tokenizer.token_to_id(marker) for marker in MARKERS)

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int) -> TinyTokenizer:
        """Learn merges from transcripts; the same texts give the same tokenizer."""
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

        byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r"\d+"), "isolated"), byte_level])
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_tokens([AddedToken(word, normalized=False) for word in WHOLE_WORDS])
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            special_tokens=list(MARKERS),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    @classmethod
    def from_json(cls, text: str) -> TinyTokenizer:
        """Read what `to_json` wrote."""
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_str(text))

    def to_json(self) -> str:
        """The tokenizer in the format of the `tokenizers` library."""
        return self._tokenizer.to_str()

    @property
    def vocab_size(self) -> int:
        """How many ids there are."""
        return self._tokenizer.get_vocab_size()

    def encode(self, text: str) -> list[int]:
        """Ids of a plain text; a lone surrogate becomes a question mark."""
        return self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8")).ids

    def decode(self, token_ids: Sequence[int]) -> str:
        """The text of a reply, without its markers."""
        return self._tokenizer.decode(list(token_ids), skip_special_tokens=True)

    def begin(self, observation: str, info: Info) -> list[int]:
        """The first prompt: an observation, then the ask for an action."""
        del info
        return [self.observation, *self.encode(observation), self.action]

    def observe(self, observation: str, info: Info, past_ids: Sequence[int]) -> list[int]:
        """What follows a reply: the same form as the first prompt."""
        del past_ids
        return self.begin(observation, info)
