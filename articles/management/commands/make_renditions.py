"""`manage.py make_renditions`: the widths and formats of old and imported pictures, now instead of by the worker."""

from django.core.management.base import BaseCommand, CommandError

from articles.models import Image
from articles.models.images import BROKEN


class Command(BaseCommand):
    help = "Make the widths and formats of every picture that has none. May be stopped and run again."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="make those anew that are there already")

    def handle(self, *args, **options):
        images = Image.objects.order_by("pk")
        if not options["all"]:
            images = images.filter(renditions={})
        keys = list(images.values_list("pk", flat=True))
        files, broken = 0, []
        for done, key in enumerate(keys):
            self._bar(done, len(keys))
            image = Image.objects.get(pk=key)
            try:
                files += image.make_renditions()
            except BROKEN as error:
                broken.append(f"picture {key} ({image.file.name}): {error}")
        self._bar(len(keys), len(keys))
        self.stdout.write(f"{len(keys) - len(broken)} pictures, {files} files.")
        if broken:
            raise CommandError(f"{len(broken)} could not be read: " + "; ".join(broken[:10]))

    def _bar(self, done: int, total: int) -> None:
        """How far it is, on a terminal; gone when it is done."""
        if not self.stderr.isatty():
            return
        bar = ("█" * (25 * done // max(1, total))).ljust(25, "░")
        line = f"\rPictures {bar} {done} of {total}" if done < total else "\r\x1b[K"
        self.stderr.write(line, str, ending="")  # str: not in the colour of errors
        self.stderr.flush()
