"""Pages as schema.org sees them: plain dictionaries made from what the page prints, nothing else."""

from django.conf import settings
from django.urls import reverse

from articles.models import Article, Role

_ARTICLE_DATES = ("datePublished", "dateModified")


def article(article, *, path: str, bylines, sources, tags, comments: int = 0) -> dict:
    """The graph of an article's page: WebPage, its Article, breadcrumbs, publisher.

    The review belongs to the page (MedicalWebPage), not to the article: only there schema.org knows it.
    """
    url = settings.SITE_URL + path
    is_page = article.kind == Article.Kind.PAGE
    page = {
        "@type": "WebPage" if is_page else "MedicalWebPage",
        "@id": f"{url}#page",
        "url": url,
        "name": article.title,
        "description": article.dek,
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": _publisher()["@id"]},
        "mainEntity": None if is_page else {"@id": f"{url}#article"},
        "breadcrumb": None if is_page else _breadcrumb(article, url, tags),
        **_review(article, bylines),
        **(_dates(article) if is_page else {}),
    }
    nodes = [page, _publisher()]
    if not is_page:
        nodes.insert(1, _article(article, url, bylines, sources, tags, comments))
    return {"@context": "https://schema.org", "@graph": [_without_gaps(node) for node in nodes]}


def person(person, credentials) -> dict:
    """The graph of an author's page."""
    url = settings.SITE_URL + person.get_absolute_url()
    about = {
        "@type": "Person",
        "@id": f"{url}#person",
        "name": person.name,
        "url": url,
        "honorificSuffix": person.post_nominals,
        "jobTitle": person.job_title,
        "description": person.bio_excerpt,
        "image": person.photo and settings.SITE_URL + person.photo.file.url,
        "hasCredential": [
            {
                "@type": "EducationalOccupationalCredential",
                "name": line.title,
                "recognizedBy": {"@type": "Organization", "name": line.issuer},
            }
            for line in credentials
        ],
    }
    page = {"@type": "ProfilePage", "url": url, "mainEntity": _without_gaps(about)}
    return {"@context": "https://schema.org", **page}


def _article(article, url, bylines, sources, tags, comments) -> dict:
    return {
        "@type": "Article",
        "@id": f"{url}#article",
        "isPartOf": {"@id": f"{url}#page"},
        "url": url,
        "headline": article.title,
        "description": article.dek,
        **_dates(article),
        "author": [_named(line) for line in bylines if line.role == Role.AUTHOR],
        "editor": [_named(line) for line in bylines if line.role == Role.EDITOR],
        "publisher": {"@id": _publisher()["@id"]},
        "image": _image(article),
        "citation": [_citation(source) for source in sources],
        "keywords": [tag.name for tag in tags],
        "commentCount": comments,
    }


def _publisher() -> dict:
    home = settings.SITE_URL + reverse("home")
    return {"@type": "Organization", "@id": f"{home}#publisher", "name": settings.SITE_NAME, "url": home}


def _dates(article) -> dict:
    dates = article.dates
    days = (dates.first_published, dates.last_changed)
    return {
        name: at.isoformat(timespec="seconds") for name, at in zip(_ARTICLE_DATES, days, strict=True) if at
    }


def _review(article, bylines) -> dict:
    """Who reviewed it last and when, from the record; the byline, if it names them, adds their page."""
    if not article.reviewed_at:
        return {}
    named = [line for line in bylines if line.printed_name == article.reviewed_by]
    reviewer = _named(named[0]) if named else {"@type": "Person", "name": article.reviewed_by}
    return {"lastReviewed": article.reviewed_at.date().isoformat(), "reviewedBy": reviewer}


def _named(byline) -> dict:
    url = settings.SITE_URL + byline.person.get_absolute_url()
    named = {"@type": "Person", "name": byline.name, "url": url, "honorificSuffix": byline.post_nominals}
    return _without_gaps(named)


def _image(article) -> dict | None:
    image = article.lead_image
    return image and _without_gaps(
        {
            "@type": "ImageObject",
            "url": settings.SITE_URL + image.file.url,
            "width": image.width,
            "height": image.height,
            "caption": article.lead_caption,
            "creditText": article.lead_credit,
        }
    )


def _citation(source) -> dict:
    publisher = {"@type": "Organization", "name": source.publisher} if source.publisher else None
    year = str(source.year) if source.year else ""
    return _without_gaps(
        {
            "@type": "CreativeWork",
            "name": source.title,
            "publisher": publisher,
            "datePublished": year,
            "url": source.url,
        }
    )


def _breadcrumb(article, url: str, tags) -> dict:
    steps = [(settings.SITE_NAME, settings.SITE_URL + reverse("home"))]
    steps += [(tag.name, settings.SITE_URL + tag.get_absolute_url()) for tag in tags[:1]]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": item}
            for position, (name, item) in enumerate([*steps, (article.title, url)], 1)
        ],
    }


def _without_gaps(node: dict) -> dict:
    """What is not known is absent, not empty."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}
