"""Pictures from a local copy of the uploads folder, into the library and under their articles. Nothing is ever fetched."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.files import File

from articles.models import Image
from articles.models.images import reencode
from healthnews.wordpress import body
from healthnews.wordpress.old import OldFile, OldItem
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run, in_uploads

UNKNOWN = "unknown: please check"
_SMALLER = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w{2,5}$)")  # the sizes that WordPress makes of every picture
_IN_A_GALLERY = 100


@dataclass
class Album:
    """The pictures of one item. Each is a row of the library of its own before the item is written.

    So a run that is killed between the two finds it again by its key, and leaves no file that nobody knows.
    """

    item: OldItem
    name: str
    run: Run
    tally: Tally

    def lead(self) -> Image | None:
        """The item's lead picture, if its file is in the media folder; a remark in the report if not."""
        number = self.item.meta.get("_thumbnail_id", "").strip()
        if not number or number in {"0", "-1"}:
            return None
        old = self.run.survey.files.get(number)
        if old is None:
            self.tally.note(self.name, "lead picture is not in the export", number)
            return None
        path = self.run.media and find(self.run.media, old)
        if not path:
            self.tally.note(self.name, "lead picture not brought", old.url)
            return None
        image = self._image(number, path, old, "lead picture cannot be used")
        return image if image and image.pk else None

    def show(self, source: str, alt: str) -> body.Shown | None:
        """The picture of that old address as it is shown now; None when it is not brought."""
        number, place = self._known(source)
        if not self.run.media or not (number or place):
            return None
        known = self.run.survey.files.get(number)
        old = known or OldFile("", "", "", "", "", "")
        full = known and find(self.run.media, known)
        path = full or _below(self.run.media, _SMALLER.sub("", place), place)
        if not path:
            return None
        image = self._image(number or place, path, old, "picture in the text cannot be used")
        return image and body.Shown(
            image.file.url, image.width, image.height, alt or body.words(old.alt, 400)
        )

    def gallery(self, ids: list[str]) -> list[tuple[str, str, str]]:
        """(address, alternative text, caption) of a gallery's pictures: those named, or all of the item."""
        numbers = ids or self.run.attached.get(self.item.id, [])
        files = [self.run.survey.files[number] for number in numbers if number in self.run.survey.files]
        return [(old.url, old.alt, old.caption) for old in files[:_IN_A_GALLERY] if _is_picture(old.url)]

    def _known(self, source: str) -> tuple[str, str]:
        """The attachment's id, and its place in the uploads folder, of an address in a text; each may be empty."""
        place = in_uploads(source)
        for one in (place, _SMALLER.sub("", place)):
            if one in self.run.files:
                return self.run.files[one], place
        return "", place

    def _image(self, ident: str, path: Path, old: OldFile, trouble: str) -> Image | None:
        """The library's picture, made if it is not there; unsaved in a dry run."""
        # The library has no key of its own for what came from elsewhere; the title, which readers never see, has it.
        key = self.run.key("file", ident)
        title = f"{(body.words(old.title, 80) or path.name)[:80]} ({key[-110:]})"
        image = Image.objects.filter(title=title).first()
        if image:
            self.tally.already_here["pictures"] += key not in self.run.pictures
            self.run.pictures.add(key)
            return image
        try:
            with path.open("rb") as file:
                picture = reencode(File(file))
        except (ValidationError, OSError) as error:
            reason = error.messages[0] if isinstance(error, ValidationError) else str(error)
            self.tally.note(self.name, trouble, f"{path.name}: {reason}")
            return None
        self.tally.brought["pictures"] += key not in self.run.pictures
        self.run.pictures.add(key)
        said = {"title": title, "alt": body.words(old.alt, 400), "caption": body.words(old.caption, 400)}
        said |= {"credit": UNKNOWN, "licence": UNKNOWN}
        if self.run.dry_run:
            return Image(file="dry-run.jpg", width=1, height=1, **said)
        return Image.objects.create(file=picture, **said)


def _is_picture(url: str) -> bool:
    return url.lower().rpartition(".")[2] in {"jpg", "jpeg", "png", "webp", "gif"}


def find(folder: Path, old: OldFile) -> Path | None:
    """The attachment's file below `folder`: where WordPress says, where its address says, or by its name alone."""
    try:
        address = unquote(urlsplit(old.url).path).strip("/")
    except ValueError:
        address = ""
    uploads = address.partition("uploads/")[2]
    last = "/".join(address.split("/")[-3:])
    return _below(folder, old.path, uploads, address, last, address.rpartition("/")[2])


def _below(folder: Path, *places: str) -> Path | None:
    root = folder.resolve()
    for place in places:
        if not place or "\0" in place or len(place) > 1_000:
            continue
        try:
            path = (root / place.lstrip("/")).resolve()
            # "..", or a link that leads out of the folder, is nobody's picture.
            if path.is_relative_to(root) and path.is_file():
                return path
        except OSError:  # a name longer than the system allows
            continue
    return None
