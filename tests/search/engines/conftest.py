"""The contract suite is no test module by its name: its asserts are explained all the same."""

from __future__ import annotations

import pytest

from tests.search.engines.elasticsearch_node import (  # noqa: F401 (fixtures of every module here)
    elasticsearch_node,
    elasticsearch_url,
    secure_elasticsearch_node,
)

pytest.register_assert_rewrite("tests.search.engines.contract")
