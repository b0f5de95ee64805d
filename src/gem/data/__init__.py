"""Rows by name: from your files, from bundled ones, or from the Hugging Face hub; and the order to ask them in.

from gem import data

rows = data.load("axon-rl/GSM-8k", "train")     # or "./problems.jsonl"
cursor = data.Cursor(len(rows), seed=3)
rows[cursor.index]                              # a dict
"""

from gem.data.bundled import register_bundled as register_bundled
from gem.data.cursor import Cursor as Cursor
from gem.data.finding import load as load
from gem.data.finding import rows_of as rows_of
from gem.data.rows import Row as Row
from gem.data.rows import Rows as Rows
