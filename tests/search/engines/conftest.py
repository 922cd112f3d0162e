"""The contract suite is no test module by its name: its asserts are explained all the same."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.search.engines.contract")
