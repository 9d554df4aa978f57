"""What has to hold whatever was done: on record, in the counts, in the queue, on the pages, in the notices."""

import re
from collections import Counter, defaultdict
from html import unescape

from django.db import connection
from django.test import Client

from articles.models import Article
from comments import telling
from comments.counts import recount
from comments.models import (
    Appeal,
    Case,
    Comment,
    CommentText,
    CorrectionRequest,
    Decision,
    Helpful,
    Hidden,
    Lane,
    LegalNotice,
    Notice,
    Pick,
    Report,
    Sanction,
    Switch,
    Thread,
)
from comments.models.helpful import STEPS
from comments.models.notice import ANSWERS
from comments.models.people import PersonNote

# Tables whose rows change, or are few; and those that only grow.
WHOLE = (
    *("case", "comment", "report", "appeal", "sanction"),
    *("notice", "helpful", "hidden", "sitemode", "correctionrequest"),
)
GROWING = ("decision", "commenttext", "remark", "switch", "pick", "personnote", "legalnotice")
_SUMS = [f"(SELECT sum(hashtextextended(each::text, 0)) FROM comments_{name} AS each)" for name in WHOLE]  # noqa: S608  names of our own
_SUMS += [f"(SELECT count(*) FROM comments_{name})" for name in GROWING]  # noqa: S608  likewise
_SUMS += ["(SELECT count(*) FROM procrastinate_jobs)", "(SELECT sum(use_count) FROM comments_cannedreply)"]
# One that nothing was ever published or switched in was made to be locked, and says what no row says.
_SUMS += ["(SELECT sum(hashtextextended(each::text, 0)) FROM comments_thread AS each WHERE version > 0)"]
# All that is stored, and for each article what its pages print and what they are kept by.
_STATE = f"""
    SELECT 0 AS id, concat_ws('|', {", ".join(_SUMS)}) AS shown, '' AS key
    UNION ALL SELECT article.id, concat_ws('|', article.title, article.slug, coalesce(thread.mode, 'open'), site_mode.mode, (
        SELECT sum(hashtextextended(concat_ws('|', comment.id, comment.status, parent.status = 'published', parent.shown,
            CASE WHEN comment.status = 'published' THEN concat_ws('|', comment.text_id, comment.is_picked,
                width_bucket(comment.helpful_count, ARRAY{list(STEPS)})) END), 0))
        FROM comments_comment AS comment LEFT JOIN comments_comment AS parent ON parent.id = comment.parent_id
        WHERE comment.article_id = article.id AND comment.shown
    )), concat_ws('|', coalesce(thread.version, 0), thread.mode, article.edition, site.version)
    FROM articles_article AS article LEFT JOIN comments_thread AS thread ON thread.article_id = article.id
    LEFT JOIN comments_sitemode AS site_mode ON site_mode.id = 1
    LEFT JOIN articles_sitestate AS site ON site.id = 1
"""  # noqa: S608  names of our own
MARK = re.compile(r"zq\d{6}zq")
PLACE = re.compile(r'<article id="comment-(\d+)" class="comment( comment--gone)?')
ON = re.compile(
    r'href="([^"]*comments/\?(?:root=\d+&(?:amp;)?|sort=\w+&(?:amp;)?|picks=1&(?:amp;)?|since=\d+&(?:amp;)?)?after=[^"#]*)'
)


class Checks:
    """To be mixed into the machine, which has a `site`."""

    is_prepared = False

    def state(self) -> dict[int, tuple[str, str]]:
        """What is stored (0), and by article (what its pages print, what they are kept by). One query."""
        with connection.cursor() as cursor:
            if not self.is_prepared:  # to plan it takes longer than to carry it out
                cursor.execute(f"PREPARE acts_state AS {_STATE}")
                type(self).is_prepared = True
            cursor.execute("EXECUTE acts_state")
            return {pk: (shown, key) for pk, shown, key in cursor.fetchall()}

    def fingerprint(self) -> str:
        """All that is stored, in a word."""
        return self.state()[0][0]

    def check(self) -> None:
        """Everything."""
        connection.check_constraints()
        assert not any(recount(dry_run=True).values())
        self.rows = {each.pk: each for each in Comment.objects.select_related("text", "waiting_text")}
        self.check_what_stands()
        self.check_decisions()
        self.check_ledger()
        self.check_queue()
        self.check_pages()
        self.check_notices()

    def story(self, pk: int) -> str:
        """What happened to a comment, for whoever reads why this failed."""
        made = [(each.pk, each.action, each.to_status, each.case_before) for each in self.decisions[pk]]
        case, known = Case.objects.filter(pk=pk).first(), self.site.known[pk]
        reports = list(Report.objects.filter(comment=pk).values_list("reason", "answered_by"))
        appeals = list(Appeal.objects.filter(decision__comment=pk).values_list("decision", "answered_by"))
        return f"comment {pk}: {known} {case and vars(case)} {reports=} {appeals=} {made}"

    def check_what_stands(self) -> None:
        """Each comment is as it has to be after what was done, and is counted."""
        known = self.site.known
        assert {*self.rows} == {*known}
        answers: dict[int, set] = defaultdict(set)
        for pk, row in self.rows.items():
            waiting = row.waiting_text and row.waiting_text.body
            assert (row.status, row.text.body, waiting) == known[pk].stands, (pk, known[pk])
            above, each = [], row
            while each.parent_id:  # along the tree, the root last
                above.append(each.parent_id)
                each = self.rows[each.parent_id]
            # Where it stands names three of them; from the fifth level on its true parent is a further one.
            for other in {*above[-3:], *above[:1]} if row.status == "published" else ():
                answers[other].add(pk)
        for pk, row in self.rows.items():
            assert row.published_answers == len(answers[pk]), (pk, row.published_answers, answers[pk])
            assert row.shown is (row.status == "published" or row.published_answers > 0)
        published = Counter(each.article for each in known.values() if each.status == "published")
        assert Counter(dict(Thread.objects.values_list("pk", "published_count"))) == published

    def check_decisions(self) -> None:
        """Statuses follow from one decision to the next, and what is public was named by one."""
        decisions: dict[int, list] = defaultdict(list)
        for each in Decision.objects.select_related("text", "reverses").order_by("pk"):
            decisions[each.comment_id].append(each)
        self.decisions = decisions
        for pk, row in self.rows.items():
            made = decisions[pk]
            steps = [""] + [each.to_status for each in made]
            assert [each.from_status for each in made] == steps[:-1] and steps[-1] == row.status
            assert made[0].action == "submit"
            named = {each.text_id for each in made} | {made[-1].text_before_id}
            redacted = [each for each in made if each.action == "publish_redacted"]
            if row.status == "published" and row.text_id not in named:
                assert redacted and row.text.body.startswith("[removed")

    def check_ledger(self) -> None:
        """All that was accepted is there, and nothing else."""
        found = Counter(("decision", *row) for row in Decision.objects.values_list("comment", "action", "by"))
        found.update(("report", *row) for row in Report.objects.values_list("comment", "reporter", "reason"))
        found.update(("notice", *row) for row in LegalNotice.objects.values_list("report"))
        found.update(("appeal", *row) for row in Appeal.objects.values_list("decision", "by"))
        found.update(("helpful", *row) for row in Helpful.objects.values_list("comment", "by"))
        found.update(("hidden", *row) for row in Hidden.objects.values_list("by", "person"))
        found.update(("sanction", *row) for row in Sanction.objects.values_list("kind", "user", "by"))
        lifted = Sanction.objects.exclude(lifted_at=None)
        found.update(("lifted", *row) for row in lifted.values_list("pk", "lifted_by"))
        switches = Switch.objects.values_list("thread", "from_mode", "to_mode", "by")
        found.update(("switch", *row) for row in switches)
        found.update(("pick", *row) for row in Pick.objects.values_list("comment", "is_set", "by"))
        found.update(("note", *row) for row in PersonNote.objects.values_list("user", "by"))
        found.update(("correction", *row) for row in CorrectionRequest.objects.values_list("comment", "by"))
        assert found == +self.site.ledger, (found - self.site.ledger, self.site.ledger - found)

    def check_queue(self) -> None:
        """What waits has an open case, and every open case has its reasons."""
        reported = set(Report.objects.filter(answered_by=None).values_list("comment", flat=True))
        appealed = set(Appeal.objects.filter(answered_by=None).values_list("decision__comment", flat=True))
        cases = {each.pk: each for each in Case.objects.open()}
        assert reported <= {*cases} and appealed <= {*cases}
        for pk, row in self.rows.items():
            kinds = {*cases[pk].kinds} if pk in cases else set()
            assert pk not in cases or kinds and cases[pk].lane == min(Lane[each.upper()] for each in kinds), (
                self.story(pk)
            )
            assert row.status != "pending" or kinds, self.story(pk)
            assert row.waiting_text_id is None or kinds & {"edit", "appeal"}, self.story(pk)
            assert pk not in reported or "report" in kinds, self.story(pk)
            assert pk not in appealed or "appeal" in kinds, self.story(pk)
            if row.status != "withdrawn":  # an emergency waits with all that it was
                assert "new" not in kinds or row.status == "pending", self.story(pk)
                # Taken back to the queue, it is read there with the text that waited.
                waits = row.waiting_text_id is not None or row.status == "pending"
                assert "edit" not in kinds or waits, self.story(pk)
                assert "report" not in kinds or pk in reported, self.story(pk)
                assert "appeal" not in kinds or pk in appealed, self.story(pk)

    def check_pages(self) -> None:
        """An anonymous reader gets the texts of what is published, all of them, and no word of anything else."""
        self.public = {
            mark
            for row in self.rows.values()
            if row.status == "published"
            for mark in MARK.findall(row.text.body)
        }
        reader = Client()
        for article in Article.objects.filter(pk__in=self.site.articles):
            here = [row for row in self.rows.values() if row.article_id == article.pk]
            published = {row.pk for row in here if row.status == "published"}
            gone = {row.pk for row in here if row.shown} - published
            picked = {row.pk for row in here if row.is_picked and row.pk in published}
            base = f"/articles/{article.slug}/comments/"
            for start in (base, f"{base}?sort=newest"):
                pages = self._follow(reader, start)
                assert self._places(pages) == (published, gone), article
                assert {*MARK.findall(pages)} == {
                    mark for pk in published for mark in MARK.findall(self.rows[pk].text.body)
                }
            assert self._places(self._follow(reader, f"{base}?picks=1")) == (picked, set())
            assert self._places(self._follow(reader, f"{base}?since=1")) == (published, set())
            self._places(self._read(reader, article.get_absolute_url()))
        for address in (
            "/",
            "/feed/",
            f"/search/?q={next(iter(self.hidden_marks()), 'zq')}",
            "/transparency/",
        ):
            self._read(reader, address)
        for row in self.rows.values():
            if not row.shown and row.pk % 20 == 0:
                assert reader.get(f"/comments/{row.pk}/").status_code == 404

    def hidden_marks(self) -> set[str]:
        """The words of what is not public."""
        texts = CommentText.objects.values_list("body", flat=True)
        return {mark for body in texts for mark in MARK.findall(body)} - self.public

    def _follow(self, reader, start: str) -> str:
        """The page and all pages that its links lead on to, one after the other."""
        found, seen = [start], ""
        for address in found:
            page = self._read(reader, address)
            found += [on for on in map(unescape, ON.findall(page)) if on not in found]
            seen += page
        return seen

    def _read(self, reader, address: str) -> str:
        answer = reader.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        if "/search/" not in address:
            assert {*MARK.findall(page)} <= self.public, address
        return page

    @staticmethod
    def _places(pages: str) -> tuple[set[int], set[int]]:
        """The ids of what is printed there, and of what is only said to have been there."""
        places = PLACE.findall(pages)
        return {int(pk) for pk, gone in places if not gone}, {int(pk) for pk, gone in places if gone}

    def check_notices(self) -> None:
        """None quotes what is not public; and who was decided about has been told, unless it was taken back."""
        texts = CommentText.objects.values_list("body", flat=True)
        of_comments = {mark for body in texts for mark in MARK.findall(body)}
        told = set()
        for notice in Notice.objects.for_telling().visible():
            said = telling.told(notice)
            assert notice.kind not in ANSWERS or notice.comment.is_published
            words = {*MARK.findall(f"{said.line} {said.quote} {said.message}")}
            assert words & of_comments <= self.public
            told.add((notice.decision_id, notice.user_id))
        undone = {each.reverses_id for made in self.decisions.values() for each in made}
        for pk, made in self.decisions.items():
            author = self.site.known[pk].author
            for each in made:
                told_of = each.action in {
                    "publish",
                    "publish_redacted",
                    "return",
                    "reject",
                    "remove",
                    "restore",
                    "hold",
                }
                if told_of and author not in {None, each.by_id} and each.pk not in undone:
                    assert (each.pk, author) in told, each
