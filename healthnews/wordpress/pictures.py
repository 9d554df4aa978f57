"""Lead pictures from a local copy of the uploads folder. Nothing is ever fetched."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files import File

from articles.models import Image
from articles.models.images import reencode
from healthnews.wordpress import body
from healthnews.wordpress.old import OldFile, OldItem
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run

UNKNOWN = "unknown: please check"


def lead(item: OldItem, ident: str, run: Run, tally: Tally) -> Image | None:
    """The item's lead picture, if its file is in the media folder; a remark in the report if not."""
    number = item.meta.get("_thumbnail_id", "").strip()
    if not number or number in {"0", "-1"}:
        return None
    name, old = f"{item.type} {ident}", run.survey.files.get(number)
    if old is None:
        tally.note(name, "lead picture is not in the export", number)
        return None
    path = run.media and find(run.media, old)
    if not path:
        tally.note(name, "lead picture not brought", old.url)
        return None
    # The library has no key of its own for what came from elsewhere; the title, which readers never see, has it.
    title = f"{body.words(old.title, 80) or path.name[:80]} ({run.key('file', number)})"[:200]
    image = Image.objects.filter(title=title).first()
    if image:
        tally.already_here["pictures"] += 1
        return image
    try:
        with path.open("rb") as file:
            picture = reencode(File(file))
    except (ValidationError, OSError) as error:
        reason = error.messages[0] if isinstance(error, ValidationError) else str(error)
        tally.note(name, "lead picture cannot be used", f"{path.name}: {reason}")
        return None
    tally.brought["pictures"] += 1
    if run.dry_run:
        return None
    return Image.objects.create(
        file=picture,
        title=title,
        alt=body.words(old.alt, 400),
        caption=body.words(old.caption, 400),
        credit=UNKNOWN,
        licence=UNKNOWN,
    )


def find(folder: Path, old: OldFile) -> Path | None:
    """The attachment's file below `folder`: where WordPress says, where its address says, or by its name alone."""
    address = unquote(urlsplit(old.url).path).strip("/")
    uploads = address.partition("uploads/")[2]
    last = "/".join(address.split("/")[-3:])
    root = folder.resolve()
    for place in (old.path, uploads, address, last, address.rpartition("/")[2]):
        if not place or "\0" in place:
            continue
        path = (root / place.lstrip("/")).resolve()
        # "..", or a link that leads out of the folder, is nobody's picture.
        if path.is_relative_to(root) and path.is_file():
            return path
    return None
