from django.core.management.base import BaseCommand

from comments.counts import recount


class Command(BaseCommand):
    help = "Count every stored count of the comments again, and mend those that are wrong."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say how many are wrong")

    def handle(self, *args, dry_run: bool, **options):
        wrong = recount(dry_run=dry_run)
        said = ", ".join(f"{count} {name}" for name, count in wrong.items())
        self.stdout.write(f"{'Wrong' if dry_run else 'Mended'}: {said}.")
