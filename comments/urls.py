"""Addresses: what readers use, and the desk's."""

from django.urls import path, re_path

from articles.urls import SLUG
from comments.views import (
    corrections,
    credentials,
    decisions,
    duty,
    own,
    people,
    policy,
    policy_desk,
    proposals,
    replies,
    switches,
    words,
)
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
    re_path(r"^comments-policy/(?P<number>[1-9]\d{0,5})/$", policy.policy, name="policy_version"),
    re_path(
        r"^comments-policy/(?P<old>[1-9]\d{0,5})\.\.(?P<new>[1-9]\d{0,5})/$",
        policy.difference,
        name="policy_difference",
    ),
    path("comments/standing/", people.standing, name="standing"),
    path("comments/credential/", credentials.ask, name="credential"),
]
moderation = [
    path("", desk.queue, name="queue"),
    path("comments/<int:pk>/", desk.card, name="card"),
    path("comments/<int:pk>/decisions/", decisions.decide, name="decide"),
    path("comments/<int:pk>/claim/", desk.claim, name="claim"),
    path("decisions/", decisions.decide_many, name="decide_many"),
    path("decisions/<int:pk>/undo/", decisions.undo, name="undo"),
    path("log/", desk.log, name="log"),
    path("replies/", replies.replies, name="replies"),
    path("replies/new/", replies.reply_new, name="reply_new"),
    path("replies/<int:pk>/", replies.reply, name="reply"),
    path("replies/<int:pk>/edit/", replies.reply_edit, name="reply_edit"),
    path("replies/<int:pk>/move/", replies.reply_move, name="reply_move"),
    path("policy/", policy_desk.policy, name="policy"),
    path("policy/<int:number>/", policy_desk.policy, name="policy_version"),
    path("policy/draft/", policy_desk.draft, name="policy_draft"),
    path("words/", words.words, name="words"),
    path("words/try/", words.words_try, name="words_try"),
    path("words/record/", words.word_record, name="word_record"),
    path("words/<int:pk>/remove/", words.word_remove, name="word_remove"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
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
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/requests/<int:pk>/", credentials.decide_request, name="credential_request"),
    path("credentials/<int:pk>/revoke/", credentials.revoke, name="credential_revoke"),
    path("comments/<int:pk>/correction/", corrections.send, name="correction"),
    path("corrections/", corrections.list_all, name="corrections"),
]
