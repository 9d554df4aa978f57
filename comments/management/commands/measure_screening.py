import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from comments.screening import measuring, model, samples


class Command(BaseCommand):
    help = "Print precision and recall of the checks on a labelled sample, and the share of the fine that is held."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help='one {"text": …, "labels": […], "source": …} a line')
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the numbers there, too")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--folds", type=int, metavar="N", help="train on N-1 parts, measure on the other; N times"
        )
        ways.add_argument(
            "--by-source", action="store_true", help="train without a source, measure on it; each"
        )

    def handle(self, *args, file: Path, json: Path | None, folds: int | None, by_source: bool, **options):
        if folds is not None and folds < 2:
            raise CommandError("--folds takes a number from 2.", returncode=2)
        try:
            rows = samples.read(file)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        started = time.process_time()
        if folds or by_source:
            parts = measuring.folds(rows, folds) if folds else measuring.by_source(rows)
            codes = measuring.across(rows, samples.read(samples.EXAMPLES), parts)
        else:
            codes = [measuring.found(row["text"]) for row in rows]
        seconds = time.process_time() - started
        numbers = measuring.measure(rows, codes)
        self._print(numbers)
        if not (folds or by_source):
            self.stdout.write(
                f"{len(rows) / seconds:,.0f} comments a second on one core; model {model.current().version}"
            )
        if json:
            self._write(json, numbers)

    def _print(self, numbers: dict) -> None:
        self.stdout.write(f"{'':44}{'precision':>10}{'recall':>9}{'n':>6}")
        for name, each in [*numbers["labels"].items(), *numbers["sources"].items()]:
            said = [f"{each[key]:.3f}" if each[key] is not None else "-" for key in ("precision", "recall")]
            self.stdout.write(f"{name:44}{said[0]:>10}{said[1]:>9}{each['n']:>6}")
        for key, words in (("fine_held", "held by a check of content"), ("fine_with_a_link", "with a link")):
            if numbers[key] is not None:
                self.stdout.write(f"of the fine, {words}: {numbers[key]:.1%}")

    def _write(self, path: Path, numbers: dict) -> None:
        kept = {key: numbers[key] for key in ("labels", "fine_held")}
        try:
            path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"The numbers could not be written: {error}") from error
