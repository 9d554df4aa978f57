"""`manage.py import_wordpress FILE`: a WordPress export in, once or again."""

import argparse
import json
import os
from contextlib import contextmanager
from pathlib import Path

from django.contrib.sites.models import Site
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, transaction

from healthnews.wordpress import people, writer, wxr
from healthnews.wordpress.old import BadItem, OldItem
from healthnews.wordpress.report import Report, Tally
from healthnews.wordpress.run import Run


class Refused(CommandError):
    """The import cannot be done; Django prints this as one line on stderr and ends with 1."""


def _folder(value: str) -> Path:
    path = Path(value)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{value} is not a folder")
    return path


def _report_file(value: str) -> Path:
    path = Path(value)
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{value} cannot be written")
    return path


class Command(BaseCommand):
    """Reads the file twice: first the whole of it, writing nothing, then item by item, one transaction each."""

    help = "Bring in a WordPress export (WXR). May be run again: what is here already is left as it is."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="the export, as WordPress wrote it")
        parser.add_argument("--dry-run", action="store_true", help="do everything but keep it")
        parser.add_argument("--media", type=_folder, metavar="DIR", help="a copy of wp-content/uploads")
        parser.add_argument("--report", type=_report_file, metavar="FILE.json", help="the report as JSON")

    def handle(self, *args, file, dry_run, media, report, **options):
        found = Report(file=Path(file).name, dry_run=dry_run)
        try:
            with Path(file).open("rb") as stream:
                self._import(stream, found, media)
        except OSError as error:
            raise Refused(f"{file} cannot be read: {error.strerror or error}.") from None
        except wxr.Unreadable as error:
            raise Refused(f"{file}: {error}") from None
        except (OperationalError, InterfaceError) as error:
            raise Refused(f"The database went away. Run it again for the rest. ({error})".strip()) from error
        except KeyboardInterrupt:
            raise Refused("Stopped. What was brought in stays; run it again for the rest.") from None
        if report:
            Path(report).write_text(json.dumps(found.as_json(), indent=1, ensure_ascii=False) + "\n", "utf-8")
        self.stdout.write("\n".join(found.lines()))

    def _import(self, stream, report: Report, media) -> None:
        size = os.fstat(stream.fileno()).st_size
        with self._bar("Reading", size) as progress:
            survey = wxr.survey(stream, progress)
        report.site = survey.site
        for what, count in survey.mended.items():
            report.note("the file", what, f"{count:,}")
        self._write(stream, Run(survey, Site.objects.get_current(), media, report.dry_run), report)

    def _write(self, stream, run: Run, report: Report) -> None:
        for author in run.survey.authors.values():
            _guarded(report, f"author {author.login[:60]}", _author, author, run)
        stream.seek(0)
        with self._bar("Writing", os.fstat(stream.fileno()).st_size) as progress:
            for entry in wxr.read(stream):
                if isinstance(entry, OldItem):
                    _guarded(report, _named(entry), writer.bring_item, entry, run)
                elif isinstance(entry, BadItem):
                    report.refuse(entry.name, entry.reason)
                progress(stream.tell())

    @contextmanager
    def _bar(self, label: str, total: int):
        """A function that shows how far it is, on a terminal; it writes only when the percentage moves."""
        terminal = self.stderr.isatty()
        shown = -1

        def progress(done: int) -> None:
            nonlocal shown
            percent = min(100, 100 * done // max(1, total))
            if terminal and percent != shown:
                shown = percent
                bar = ("█" * (percent // 4)).ljust(25, "░")
                self.stderr.write(f"\r{label} {bar} {percent:>3} %", str, ending="")  # str: not in red
                self.stderr.flush()

        try:
            yield progress
        finally:
            if terminal:
                self.stderr.write("\r\x1b[K", str, ending="")


def _named(item: OldItem) -> str:
    return f"{item.type} {item.id}" if item.id else f"{item.type} “{item.title}”"[:120]


def _author(author, run: Run) -> Tally:
    tally = Tally()
    with transaction.atomic():
        people.bring_author(author, run, tally)
        transaction.set_rollback(run.dry_run)
    return tally


def _guarded(report: Report, name: str, bring, entry, run: Run) -> None:
    """One bad item never stops the rest; a database that is gone, or a person who stops it, does."""
    try:
        report.add(bring(entry, run))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        reason = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        report.refuse(name, reason)
