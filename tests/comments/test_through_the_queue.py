"""Through a part of the queue: what was asked for stays on the way from card to card, and back."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.http import QueryDict

from comments import desk, onward
from comments.filters import Filters
from comments.models import Case
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    make_user("administrator")
    client.force_login(user)
    return user


def waits(body="I have that too.", *, kind=None, **given):
    comment = make_comment(status="pending", body=body, **given)
    if kind:
        with transaction.atomic():
            Case.open_for(comment, kind)
    return comment


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def link(html, words) -> str:
    return unescape(re.search(rf'href="([^"]*)"[^>]*>{words}', html).group(1))


def decide(client, path, comment, **data):
    """Post the form that stands on the card at this address."""
    action = unescape(
        re.search(r'action="([^"]*/comments/\d+/decisions/[^"]*)"', page(client, path)).group(1)
    )
    return client.post(action, {"version": comment.version, **data})


@pytest.mark.parametrize("by", ["article", "author", "lane", "reason"])
def test_a_filter_stays_from_card_to_card_and_back(client, moderator, by):
    article, ada = make_article(title="Why muscles twitch"), make_user(display_name="Ada Byron")
    here = [waits(article=article, author=ada, kind="report"), waits("Other.", kind="edit")]
    here += [waits(article=article, author=ada, kind="report"), waits("Other, too.")]
    mine, others = here[::2], here[1::2]
    Case.objects.filter(pk__in=[each.pk for each in mine]).update(codes=["email"])
    query = {"article": article.slug, "author": "ada b", "lane": "report", "reason": "email"}
    asked = Filters(**{by: query[by]})
    html = page(client, f"/moderation/{asked.query}")
    for each in others:
        assert f"/moderation/comments/{each.pk}/" not in html
    first = link(html, "<b>Ada")
    assert first == f"/moderation/comments/{mine[0].pk}/{asked.query}"
    card = page(client, first)
    skip, back = link(card, "Skip to the next"), link(card, "Back to the queue")
    second = f"/moderation/comments/{mine[1].pk}/{asked.query}"
    assert client.get(skip).url == second
    assert client.get(link(page(client, second), "The one before")).url == first
    row = re.search(rf'<a class="queue__open" id="{back.partition("#")[2]}"', page(client, back))
    assert row, back
    # Decided, the next of them comes; after the last nothing else does, which is said.
    assert decide(client, first, mine[0], action="publish").url == second
    answer = decide(client, second, mine[1], action="publish")
    assert answer.url == f"/moderation/{asked.query}"
    html = page(client, answer.url)
    assert "No other case fits these filters now." in html
    if by != "lane":
        assert "No open case fits these filters." in html
    assert "Nothing waits here" not in html or by == "lane"


def test_an_emergency_that_came_in_goes_first_and_then_the_filter_again(client, moderator):
    article = make_article()
    first, second = waits(article=article), waits(article=article)
    waits("Elsewhere.")
    asked = f"?article={article.slug}"
    Case.objects.update(since="2020-01-01T00:00Z")
    crisis = waits("I cannot go on.", kind="crisis")
    where = decide(client, f"/moderation/comments/{first.pk}/{asked}", first, action="publish", opened=1).url
    assert where == f"/moderation/comments/{crisis.pk}/{asked}"
    answer = decide(client, where, crisis, action="publish", outcome="answered", message="Call 112.")
    assert answer.url == f"/moderation/comments/{second.pk}/{asked}"


def test_the_next_card_that_comes_as_a_part_has_the_filter_in_its_address_and_its_forms(client, moderator):
    article = make_article()
    first, second = waits(article=article), waits(article=article)
    asked = f"?article={article.slug}"
    action = f"/moderation/comments/{first.pk}/decisions/{asked}"
    data = {"version": first.version, "action": "publish"}
    answer = client.post(action, data, headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == f"/moderation/comments/{second.pk}/{asked}"
    assert f'action="/moderation/comments/{second.pk}/decisions/{asked}"' in answer.content.decode()


def test_what_others_look_at_and_ones_own_is_left_out_under_a_filter_too(moderator):
    article, colleague = make_article(), make_user("moderator")
    own, looked_at, free = (
        waits(article=article, author=moderator),
        waits(article=article),
        waits(article=article),
    )
    Case.objects.get(pk=looked_at.pk).claim(by=colleague)
    asked = Filters(article=article.slug)
    assert onward.next_case(moderator, asked=asked) == free.pk
    assert onward.next_case(colleague, asked=asked) == own.pk
    assert onward.next_case(moderator, after=Case.objects.get(pk=free.pk), asked=asked) is None


def test_what_is_refused_comes_back_on_the_same_way(client, moderator):
    comment = waits(article=make_article(slug="knees"))
    waits(article=comment.article)
    path = f"/moderation/comments/{comment.pk}/?article={comment.article.slug}"
    answer = decide(client, path, comment, action="reject")
    assert answer.status_code == 422
    assert f"decisions/?article={comment.article.slug}" in answer.content.decode()


def test_back_to_the_queue_is_to_the_page_and_the_row(client, moderator):
    article, author = make_article(), make_user()
    all_of_them = [waits(f"Number {n}.", article=article, author=author) for n in range(60)]
    second_page = desk.queue(Filters(after=desk.queue().after))
    row = second_page.rows[3]
    html = page(client, f"/moderation/{Filters(after=desk.queue().after).query}")
    path = unescape(re.search(rf'href="([^"]*/comments/{row.pk}/[^"]*)"', html).group(1))
    back = link(page(client, path), "Back to the queue")
    where, _, anchor = back.partition("#")
    assert anchor == f"case-{row.pk}"
    assert [each.pk for each in desk.queue(asked_of(where)).rows] == [each.pk for each in second_page.rows]
    # Decided, its page is the same, one shorter; and far behind, the page begins where one is.
    decide(client, path, all_of_them[28], action="publish")
    assert desk.queue(asked_of(where)).rows[0].pk == second_page.rows[0].pk
    last = Case.objects.get(pk=all_of_them[58].pk)
    assert [each.pk for each in desk.queue(Filters(at=desk.place_of(last))).rows][0] == last.pk


def asked_of(address) -> Filters:
    return Filters.of(QueryDict(address.partition("?")[2]))


def test_who_and_where_are_found_by_what_one_remembers(client, moderator):
    article = make_article(title="Why muscles twitch at night")
    waits(
        "From Bartek.",
        article=article,
        author=make_user(display_name="Bartek Nowak", email="b.n@example.org"),
    )
    waits("From somebody else.")
    for query in (
        "author=bartek",
        "author=B.N%40",
        "article=twitching+night",
        "article=NIGH",
        f"article={article.slug}",
    ):
        html = page(client, f"/moderation/?{query}")
        assert "From Bartek." in html, query
        assert "From somebody else." not in html, query
    assert f'<option value="{article.title}">' in page(client, "/moderation/")
    for query in (
        "author=nobody",
        "article=knees",
        "article=%26%27%3A%2A",
        "author=b&article=knees",
    ):
        html = page(client, f"/moderation/?{query}")
        assert "No open case fits these filters." in html, query
        assert "Nothing waits here" not in html


def test_a_search_goes_by_state_and_names_people_who_are_called_so(client, moderator):
    bartek = make_user(display_name="Bartek Nowak")
    waits("Tea that waits.", author=bartek)
    make_comment(body="Tea that all can read.")
    html = page(client, "/moderation/?q=tea&state=pending")
    assert "that waits." in html and "that all can read." not in html
    assert f'/moderation/people/{bartek.pk}/"' in page(client, "/moderation/?q=bartek")
    assert "No comment that fits these filters" in page(client, "/moderation/?q=tea&state=removed")
    # A card that was found leads back to what was found.
    html = page(client, "/moderation/?q=tea&state=pending")
    back = link(page(client, link(html, "<b>Bartek")), "Back to what was found")
    assert back.startswith("/moderation/?q=tea&state=pending")
