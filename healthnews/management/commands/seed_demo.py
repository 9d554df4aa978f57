from django.core.management.base import BaseCommand, CommandError

from healthnews.demo import loader


class Command(BaseCommand):
    help = "Load the demo newsroom. Safe to run twice; refuses on a database that holds other content."

    def handle(self, *args, **options):
        if loader.is_loaded():
            self.stdout.write("The demo newsroom is already here.")
            return
        if not loader.is_free():
            raise CommandError(
                "This database holds other content; the demo newsroom goes into an empty one only."
            )

        def say(words: str) -> None:
            if options["verbosity"] > 1 or self.stderr.isatty():
                self.stderr.write(f"  {words}")

        made = loader.load_newsroom(say)
        self.stdout.write("Loaded " + ", ".join(f"{count} {what}" for what, count in made.items()) + ".")
