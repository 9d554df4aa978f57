"""Every page type: its name, who looks (an account of the demo, or nobody), and an address or the way there."""

LONG = "My *leg* hurts since Monday, my number is 020 7946 0018. What should I do? "
ADMIN = "/admin/articles"
ROW = "#result_list tbody th a"


def address(path: str):
    """Open it."""
    return lambda page: page.goto(path)


def follow(start: str, *links: str):
    """Open `start` and follow one link after the other, each a selector."""

    def go(page):
        page.goto(start)
        for link in links:
            page.locator(link).first.click()
            page.wait_for_load_state()

    return go


def send(page) -> None:
    """Press the first button of the page's form that is no other way out."""
    page.locator("main form button[type=submit]:not([formaction])").first.click()
    page.wait_for_load_state()


# --- Accounts ----------------------------------------------------------------------------------------------------


def wrong_login(page):
    page.goto("/accounts/login/")
    page.fill("main [name=login]", "reader@example.org")
    page.fill("main [name=password]", "not this one")
    send(page)


def wrong_signup(page):
    page.goto("/accounts/signup/")
    page.fill("main [name=email]", "reader@example.org")
    page.fill("main [name=password1]", "1234")
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")
    send(page)


def reset_asked(page):
    page.goto("/accounts/password/reset/")
    page.fill("main [name=email]", "reader2@example.org")
    send(page)


def reset_by_mail(page):
    reset_asked(page)
    page.goto("/demo/mail/")
    page.locator("main a[href*='/password/reset/key/']").first.click()
    page.wait_for_load_state()


# --- Comments ----------------------------------------------------------------------------------------------------


def box_on_the_article(page):
    page.goto("/articles/hay-fever/")
    page.locator("#comments").scroll_into_view_if_needed()
    page.wait_for_selector("#comment-body")


def too_long(page):
    page.goto("/articles/hay-fever/comments/new/")
    page.fill("#comment-body", LONG * 80)
    page.click(".composer button:has-text('Send')")
    page.wait_for_load_state()


def preview(page):
    page.goto("/articles/hay-fever/comments/new/")
    page.fill("#comment-body", LONG)
    page.click("[data-preview-button]")
    page.wait_for_selector(".preview")


def one_root(page):
    page.goto("/articles/muscle-twitching/comments/")
    number = page.locator(".comment[data-depth='0']").first.get_attribute("id").removeprefix("comment-")
    page.goto(f"/articles/muscle-twitching/comments/?root={number}")


def permalink(page):
    page.goto("/articles/muscle-twitching/comments/")
    number = page.locator(".comment[data-depth='2']").first.get_attribute("id").removeprefix("comment-")
    page.goto(f"/comments/{number}/")


# --- The desk ----------------------------------------------------------------------------------------------------


def card_of(reason: str):
    """The first card in the queue that is there for that reason."""
    return follow("/moderation/", f".queue__item:has(.reason:has-text('{reason}')) .queue__open")


def refused_without_a_clause(page):
    follow("/moderation/", ".queue__open")(page)
    page.fill("#message", "You name somebody else’s medicine.")
    page.click(".decision--refuse button.button--danger")
    page.wait_for_selector("[role=alert]")


def somebody_was_first(page):
    follow("/moderation/", ".queue__item:nth-child(3) .queue__open")(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.click(".decision--publish button")
    other.wait_for_selector(".messages")
    other.close()
    page.select_option("#clause", index=3)
    page.fill("#message", "A long explanation that must not be lost.")
    page.click(".decision--refuse button.button--danger")
    page.wait_for_selector("[role=alert]")


def several_at_once(page):
    page.goto("/moderation/")
    ticks = page.locator(".queue__tick")
    for at in (3, 4):
        ticks.nth(at).check()
    page.click(".bulk [value=publish]")
    page.wait_for_load_state()


def as_somebody_else(page, email: str):
    """A page of another account beside this one, in a window of its own."""
    other = page.context.browser.new_context(base_url=page.url.partition("/moderation")[0]).new_page()
    other.goto("/accounts/login/")
    other.fill("main [name=login]", email)
    other.fill("main [name=password]", "demo-health-news")
    send(other)
    return other


def profession_wrong(page):
    page.goto("/comments/credential/")
    page.fill("main [name=reference]", "00X0000Z")
    send(page)


def profession_asked(page):
    page.goto("/moderation/credentials/")
    if page.locator(".desk__empty").count():
        other = as_somebody_else(page, "reader2@example.org")
        other.goto("/comments/credential/")
        other.select_option("main [name=kind]", "nurse")
        for name, words in (
            ("registered_name", "Rea Der"),
            ("issuer", "Nursing and Midwifery Council"),
            ("reference", "00X0000Z"),
            ("jurisdiction", "UK"),
        ):
            other.fill(f"main [name={name}]", words)
        send(other)
        other.context.close()
        page.reload()


def profession_request(page):
    profession_asked(page)
    page.locator(".log-table a").first.click()
    page.wait_for_load_state()


def correction_form(page):
    follow("/moderation/", ".queue__open")(page)
    page.goto(f"{page.url.partition('#')[0]}correction/")


def corrections_sent(page):
    correction_form(page)
    button = page.locator("[data-key=c]")
    if button.count():
        button.click()
        page.wait_for_load_state()
    page.goto("/moderation/corrections/")


# --- The newsroom ------------------------------------------------------------------------------------------------


def retired(page):
    page.goto("/articles/childhood-fever/")
    if page.locator(".article__headline").count():
        follow(f"{ADMIN}/article/?q=childhood", ROW, ".object-tools a:has-text('Retire')")(page)
        for box in page.locator("#content textarea").all():
            box.fill("Merged into another article.")
        page.locator("#content form button[type=submit]").click()
        page.wait_for_load_state()
    page.goto("/articles/childhood-fever/")


def wrong_draft(page):
    page.goto("/admin/articles/draft/add/")
    page.locator("#draft_form").evaluate("form => { form.noValidate = true }")
    page.click("[name=_continue]")
    page.wait_for_load_state()


def publish_again(page):
    follow(f"{ADMIN}/draft/?q=twitch", ROW)(page)
    page.fill(
        "#id_dek", "An eyelid that flutters, a calf that ripples: most twitches are harmless. Which are not."
    )
    page.click("[name=_publish]")
    page.wait_for_load_state()


PAGES = [
    ("home", "", address("/")),
    ("archive", "", address("/articles/")),
    ("archive-year", "", follow("/articles/", ".years li:last-child a")),
    ("article", "", address("/articles/muscle-twitching/")),
    ("article-overdue", "", address("/articles/iron-deficiency/")),
    ("article-held", "", address("/articles/panic-attacks/")),
    ("article-with-table", "", address("/articles/hay-fever/")),
    ("article-box", "reader", box_on_the_article),
    ("thread", "", address("/articles/muscle-twitching/comments/?sort=newest")),
    ("thread-one-root", "", one_root),
    ("thread-permalink", "", permalink),
    ("thread-closed", "", address("/articles/insomnia/comments/new/")),
    ("composer-anonymous", "", address("/articles/hay-fever/comments/new/")),
    ("composer", "reader", address("/articles/hay-fever/comments/new/")),
    ("composer-wrong", "reader", too_long),
    ("composer-preview", "reader", preview),
    ("composer-closed", "reader", address("/articles/insomnia/comments/new/")),
    ("mine", "reader", address("/articles/hay-fever/comments/mine/")),
    ("mine-nothing", "reader", address("/articles/low-back-pain/comments/mine/")),
    ("edit", "reader", follow("/articles/hay-fever/comments/mine/", "a[href$='/edit/']")),
    ("withdraw", "reader", follow("/articles/hay-fever/comments/mine/", "a[href$='/withdraw/']")),
    ("tags", "", address("/tags/")),
    ("tag", "", address("/tags/medicines/")),
    ("authors", "", address("/authors/")),
    ("author", "", address("/authors/maren-oduya/")),
    ("search-empty", "", address("/search/")),
    ("search", "", address("/search/?q=twitching")),
    ("search-misspelt", "", address("/search/?q=hedache")),
    ("search-nothing", "", address("/search/?q=zzzzqq")),
    ("policy", "", address("/comments-policy/")),
    ("transparency", "", address("/transparency/")),
    ("about", "", address("/about/")),
    ("privacy", "", address("/privacy/")),
    ("login", "", address("/accounts/login/")),
    ("login-wrong", "", wrong_login),
    ("signup", "", address("/accounts/signup/")),
    ("signup-wrong", "", wrong_signup),
    ("logout", "reader", address("/accounts/logout/")),
    ("reset", "", address("/accounts/password/reset/")),
    ("reset-asked", "", reset_asked),
    ("reset-new-password", "", reset_by_mail),
    ("reset-dead-link", "", address("/accounts/password/reset/key/1-dead-link/")),
    ("mail", "", address("/demo/mail/")),
    ("profile", "reader", address("/accounts/profile/")),
    ("password-change", "reader", address("/accounts/password/change/")),
    ("email-change", "reader", address("/accounts/email/")),
    ("not-found", "", address("/nothing-here/")),
    ("forbidden", "reader", address("/admin/login/")),
    ("queue", "moderator", address("/moderation/")),
    ("queue-lane", "moderator", follow("/moderation/", ".lanes a:nth-child(2)")),
    ("queue-one-article", "moderator", follow("/moderation/", ".queue__who a:not(.queue__open)")),
    ("queue-nothing", "moderator", address("/moderation/?lane=crisis")),
    ("card", "moderator", card_of("personal advice")),
    ("card-data", "moderator", card_of("E-mail address")),
    ("card-edit", "moderator", follow("/moderation/?lane=edit", ".queue__open")),
    (
        "card-published",
        "moderator",
        follow("/moderation/", ".queue__open", ".lately li:has(.status--published) a"),
    ),
    ("card-wrong", "moderator", refused_without_a_clause),
    ("card-conflict", "moderator", somebody_was_first),
    ("desk-search", "moderator", address("/moderation/?q=sleep")),
    ("queue-after-bulk", "moderator", several_at_once),
    ("log", "moderator", address("/moderation/log/")),
    ("replies", "moderator", address("/moderation/replies/")),
    ("reply-form", "admin", address("/moderation/replies/1/edit/")),
    ("policy-desk", "moderator", address("/moderation/policy/")),
    ("policy-draft", "admin", address("/moderation/policy/draft/")),
    ("notices", "reader", address("/comments/notices/")),
    ("notice-preferences", "reader", address("/comments/notices/preferences/")),
    ("everywhere", "reader", address("/comments/mine/")),
    ("help", "", address("/comments/help/?country=GB")),
    ("hidden", "reader", address("/comments/people/hidden/")),
    ("report", "reader", follow("/articles/muscle-twitching/comments/", "a[href$='/report/']")),
    ("standing", "reader", address("/comments/standing/")),
    ("people", "moderator", address("/moderation/people/?q=reader")),
    ("person", "moderator", follow("/moderation/people/?q=reader", "main table a, main li a")),
    ("duty", "moderator", address("/moderation/duty/")),
    ("switches", "moderator", address("/moderation/switches/")),
    ("words", "admin", address("/moderation/words/")),
    ("words-try", "admin", address("/moderation/words/try/")),
    ("profession", "reader", address("/comments/credential/")),
    ("profession-wrong", "reader", profession_wrong),
    ("professionals", "admin", profession_asked),
    ("professional-request", "admin", profession_request),
    ("correction", "moderator", correction_form),
    ("corrections", "moderator", corrections_sent),
    ("admin-corrections", "editor", address(f"{ADMIN}/correction/")),
    ("admin-correction", "editor", follow(f"{ADMIN}/correction/", ROW)),
    ("numbers", "admin", address("/moderation/numbers/?by=week")),
    ("numbers-wrong", "moderator", address("/moderation/numbers/?from=2026-02-30")),
    ("second-reading", "admin", address("/moderation/second-reading/")),
    ("admin-index", "editor", address("/admin/")),
    ("admin-index-moderator", "moderator", address("/admin/")),
    ("admin-index-administrator", "admin", address("/admin/")),
    ("admin-drafts", "editor", address(f"{ADMIN}/draft/")),
    ("admin-draft", "editor", follow(f"{ADMIN}/draft/?q=muscle", ROW)),
    ("admin-draft-new", "editor", address(f"{ADMIN}/draft/add/")),
    ("admin-draft-wrong", "editor", wrong_draft),
    ("admin-versions", "editor", address(f"{ADMIN}/version/")),
    ("admin-version", "editor", follow(f"{ADMIN}/version/", ROW)),
    ("admin-publish", "editor", follow(f"{ADMIN}/version/?q=cramps", ROW, "a[href$='/publish/']")),
    ("admin-restore", "editor", follow(f"{ADMIN}/version/", ROW, "a[href$='/restore/']")),
    ("admin-publish-again", "editor", publish_again),
    ("admin-articles", "editor", address(f"{ADMIN}/article/")),
    ("admin-article", "editor", follow(f"{ADMIN}/article/?q=muscle", ROW)),
    ("admin-review", "reviewer", follow(f"{ADMIN}/article/?q=muscle", ROW, "a[href*='review']")),
    ("admin-images", "editor", address(f"{ADMIN}/image/")),
    ("admin-image", "editor", follow(f"{ADMIN}/image/", ROW)),
    ("admin-image-new", "editor", address(f"{ADMIN}/image/add/")),
    ("admin-people", "editor", follow(f"{ADMIN}/person/", ROW)),
    ("admin-tags", "editor", address(f"{ADMIN}/tag/")),
    ("admin-words", "admin", address("/admin/comments/listedword/")),
    ("admin-user", "admin", follow("/admin/accounts/user/", ROW)),
    ("retired", "editor", retired),
]
