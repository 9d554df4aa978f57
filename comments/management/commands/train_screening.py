from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comments import learned
from comments.apps import OWN_MODEL
from comments.screening import model, samples, training


class Command(BaseCommand):
    help = "Train the model of screening on labelled samples, and with --decisions on what this desk has decided."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="*", type=Path, help='one {"text": …, "labels": […], "source": …} a line'
        )
        parser.add_argument(
            "--decisions",
            action="store_true",
            help=f"learn from this site's decisions as well; written to {OWN_MODEL} in DATA_DIR, used from the next start",
        )
        parser.add_argument("--out", type=Path, help="where to write the model instead")

    def handle(self, *args, file: list[Path], decisions: bool, out: Path | None, **options):
        if not file and not decisions:
            raise CommandError("Name a labelled file, or --decisions.", returncode=2)
        try:
            rows = [row for path in (*file, samples.EXAMPLES) for row in samples.read(path)]
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if decisions:
            own = learned.rows()
            self.stdout.write(f"{len(own)} texts that this desk has decided.")
            rows += own
        data = training.train(rows)
        out = out or (settings.DATA_DIR / OWN_MODEL if decisions else model.FILE)
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(training.as_text(data), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"The model could not be written: {error}") from error
        self.stdout.write(
            f"Model {data['version']} of {len(rows)} texts, {len(data['weights'])} weights: {out}"
        )
