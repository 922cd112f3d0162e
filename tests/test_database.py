"""The tests' own database: whatever a test did to it, the next one finds it as migrated."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import TransactionTestCase
from wagtail.models import Collection, Locale, Page, Site

from tests.library import Library

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, set[object]]:
    """The keys of all rows, table by table."""
    models = [model for model in apps.get_models() if model._meta.managed]
    keys = {model._meta.db_table: model._base_manager.values_list("pk") for model in models}
    return {table: set(found) for table, found in keys.items()}


def test_tables_that_a_test_emptied_are_as_migrated_afterwards() -> None:
    before = rows()
    for model in (Page, Locale, Collection, Site, ContentType):
        assert before[model._meta.db_table], model
    Library.build().edition("A work")
    assert rows() != before
    TransactionTestCase("run")._fixture_teardown()
    assert rows() == before
