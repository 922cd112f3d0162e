"""What ``compose.yaml`` says, apart from running it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cms.settings.env import env
from tests.deploy.compose import ROOT, read_compose, read_settings, variables

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LIBRARY = ("set-up", "web", "worker", "scheduler")
SECRETS = ("SECRET_KEY", "DATABASE_PASSWORD", "ELASTICSEARCH_PASSWORD", "ELASTIC_PASSWORD")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    settings = read_settings(EXAMPLE) | dict.fromkeys(SECRETS, "0123456789abcdef")
    return read_compose(settings)["services"]


def test_secrets_are_demanded() -> None:
    for missing in SECRETS:
        settings = read_settings(EXAMPLE) | dict.fromkeys(SECRETS, "secret") | {missing: ""}
        with pytest.raises(ValueError, match=missing):
            read_compose(settings)


def test_the_example_names_every_variable_of_compose_and_no_other() -> None:
    assert set(read_settings(EXAMPLE)) == variables()


def test_a_setting_left_empty_is_empty_not_the_word_none(services: dict[str, Any]) -> None:
    environment = services["web"]["environment"]
    assert environment["MACHINE_TRANSLATOR"] == ""
    assert all(value is not None for value in environment.values())


def test_every_setting_stands_in_the_example_and_in_the_documentation() -> None:
    operators = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    for name in set(env.scheme) - {"DATABASE_URL"}:
        assert re.search(rf"^(# )?{name}=", EXAMPLE, re.MULTILINE), name
        assert f"`{name}`" in operators, name


def test_the_library_is_told_only_settings_that_there_are(services: dict[str, Any]) -> None:
    for name in LIBRARY:
        assert set(services[name]["environment"]) <= {*env.scheme, "DJANGO_SETTINGS_MODULE"}


def test_only_elasticsearch_and_who_gives_rights_know_its_administrators_password(
    services: dict[str, Any],
) -> None:
    knowing = {
        name
        for name, service in services.items()
        if "ELASTIC_PASSWORD" in service.get("environment", {})
    }
    assert knowing == {"elasticsearch", "rights"}


def test_only_the_web_is_reached_from_outside_and_from_this_machine_alone(
    services: dict[str, Any],
) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_what_stays_up_starts_again_and_what_answers_is_asked(services: dict[str, Any]) -> None:
    for name, service in services.items():
        once = name in ("set-up", "certificates", "rights")
        assert service["restart"] == ("no" if once else "unless-stopped"), name
        assert ("healthcheck" in service) == (name in ("web", "database", "elasticsearch")), name


def test_images_are_stock_ones_of_a_named_version(services: dict[str, Any]) -> None:
    images = {service["image"] for service in services.values() if "build" not in service}
    assert images == {"postgres:17", "elasticsearch:9.5.0"}


def test_who_is_waited_for_is_there_and_can_say_so(services: dict[str, Any]) -> None:
    for service in services.values():
        for other, wanted in service.get("depends_on", {}).items():
            healthy = wanted["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services[other])


def test_volumes_are_declared_and_mounted_files_are_there() -> None:
    settings = read_settings(EXAMPLE) | dict.fromkeys(SECRETS, "secret")
    compose = read_compose(settings)
    sources = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    folders = {source for source in sources if source.startswith(".")}
    assert sources - folders == set(compose["volumes"])
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_scripts_that_are_run_are_there(services: dict[str, Any]) -> None:
    for name in ("certificates", "rights"):
        assert (
            ROOT / services[name]["command"][1].replace("/deploy", "deploy/elasticsearch")
        ).exists()
