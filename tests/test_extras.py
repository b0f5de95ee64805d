"""gem._extras: a missing optional dependency says what to install."""

import json

import pytest

from gem._extras import need
from gem.errors import MissingExtra


def test_what_is_installed_is_imported():
    assert need("json", extra="any") is json


def test_what_is_missing_names_the_command_that_installs_it():
    with pytest.raises(MissingExtra, match=r"pip install 'gem-gym\[train\]'") as caught:
        need("no_such_module_of_ours", extra="train")
    assert isinstance(caught.value, ImportError)
