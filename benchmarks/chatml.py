"""The tokenizer stand-in of `gem-gym bench vector`, for workers whose python does not have our package."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_FILE = Path(__file__).parents[1] / "src/gem/cli/vector_bench/side/chatml.py"
_SPEC = spec_from_file_location("gem_vector_bench_chatml", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

ASSISTANT_HEADER = _MODULE.ASSISTANT_HEADER
TEMPLATES = _MODULE.TEMPLATES
ChatMLTokenizer = _MODULE.ChatMLTokenizer
