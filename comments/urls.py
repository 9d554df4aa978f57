"""Addresses: what readers use, and the desk's."""

from django.urls import path, re_path

from articles.urls import SLUG
from comments.views import discussion as views
from comments.views import duty, own, people, policy, switches
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
    path("comments/standing/", people.standing, name="standing"),
]
moderation = [
    path("", desk.queue, name="queue"),
    path("comments/<int:pk>/", desk.card, name="card"),
    path("comments/<int:pk>/decisions/", desk.decide, name="decide"),
    path("comments/<int:pk>/claim/", desk.claim, name="claim"),
    path("decisions/", desk.decide_many, name="decide_many"),
    path("log/", desk.log, name="log"),
    path("replies/", desk.replies, name="replies"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/notes/", people.note, name="note"),
    path("people/<int:pk>/sanctions/", people.sanction, name="sanction"),
    path("sanctions/<int:pk>/lift/", people.lift, name="lift"),
    path("duty/", duty.roster, name="duty"),
    path("duty/<int:pk>/remove/", duty.remove, name="duty_remove"),
    path("switches/", switches.switches, name="switches"),
    path("switches/<int:pk>/undo/", switches.undo, name="switch_undo"),
    path("threads/<int:pk>/switch/", switches.thread, name="switch_thread"),
]
