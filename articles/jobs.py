"""Jobs of the articles. They carry ids; each may run twice without harm."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# A storage that is away for a while: tried again for about two hours.
PATIENT = RetryStrategy(max_attempts=7, wait=5, exponential_wait=4)


# Behind all mail, however many pictures an import has brought.
@app.task(name="articles.make_renditions", queue="images", priority=-10, retry=PATIENT)
def make_renditions(image_id: int) -> None:
    """Make the widths and formats of a picture; nothing when it has them, or is gone."""
    from articles.models import Image

    image = Image.objects.filter(pk=image_id, renditions={}).first()
    if image is not None:
        image.make_renditions()
