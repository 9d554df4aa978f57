"""Addresses: what readers use, and the desk's."""

from django.urls import path, re_path

from articles.urls import SLUG
from comments.views import decisions, numbers, own, policy, transparency
from comments.views import discussion as views
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
    path("transparency/", transparency.page, name="transparency"),
    re_path(r"^transparency/(?P<name>20\d\d-Q[1-4])\.csv$", transparency.table, name="transparency_table"),
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
    path("numbers/", numbers.numbers, name="numbers"),
    path("second-reading/", numbers.second_reading, name="second_reading"),
    path("second-reading/<int:pk>/", numbers.second_reading_done, name="second_reading_done"),
]
