"""Addresses: what readers use, and the desk's."""

from django.urls import path, re_path

from articles.urls import SLUG
from comments.views import appeals, decisions, own, people, policy, reports
from comments.views import discussion as views
from comments.views import help as help_views
from comments.views import moderation as desk

discussion = [
    re_path(rf"^articles/{SLUG}/comments/$", views.thread, name="thread"),
    re_path(rf"^articles/{SLUG}/comments/new/$", views.composer, name="composer"),
    re_path(rf"^articles/{SLUG}/comments/mine/$", views.mine, name="mine"),
    path("comments/<int:pk>/", views.permalink, name="permalink"),
    path("comments/<int:pk>/edit/", own.edit, name="edit"),
    path("comments/<int:pk>/withdraw/", own.withdraw, name="withdraw"),
    path("comments/preview/", own.preview, name="preview"),
    path("comments-policy/", policy.policy, name="policy"),
    path("comments/<int:pk>/report/", reports.report, name="report"),
    path("comments/<int:pk>/helpful/", reports.helpful, name="helpful"),
    path("comments/<int:pk>/appeal/", appeals.appeal, name="appeal"),
    path("comments/<int:pk>/decision/", appeals.decision, name="decision"),
    path("comments/mine/", own.everywhere, name="everywhere"),
    path("comments/help/", help_views.lines, name="help"),
    path("comments/people/hidden/", people.hidden, name="hidden"),
    path("comments/people/<int:pk>/hide/", people.hide, name="hide"),
]
moderation = [
    path("", desk.queue, name="queue"),
    path("comments/<int:pk>/", desk.card, name="card"),
    path("comments/<int:pk>/decisions/", decisions.decide, name="decide"),
    path("comments/<int:pk>/claim/", desk.claim, name="claim"),
    path("decisions/", decisions.decide_many, name="decide_many"),
    path("decisions/<int:pk>/undo/", decisions.undo, name="undo"),
    path("log/", desk.log, name="log"),
    path("replies/", desk.replies, name="replies"),
    path("decisions/<int:pk>.json", appeals.decision_as_data, name="decision_as_data"),
]
