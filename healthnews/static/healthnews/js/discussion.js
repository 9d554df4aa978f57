// The viewer's part of a discussion: the box comes to the reader, typed text survives, answers open in place.
// Everything here also works by plain links and forms without it.
"use strict";
(() => {
  const section = document.getElementById("comments");
  const signedIn = document.cookie.split("; ").includes("hn_in=1");
  // Drafts live as long as the tab, under the name of who typed them, and go when somebody else sits down. Where a
  // browser allows no storage there are none.
  const store = (() => {
    try {
      window.sessionStorage.setItem("probe", "1");
      window.sessionStorage.removeItem("probe");
      return window.sessionStorage;
    } catch {
      return { getItem: () => null, setItem: () => {}, removeItem: () => {}, length: 0, key: () => null };
    }
  })();
  function forgetOthers(owner) {
    const keys = Array.from({ length: store.length }, (_, index) => store.key(index));
    keys.filter((key) => key?.startsWith("draft:") && !key.startsWith(`draft:${owner}:`)).forEach((key) => store.removeItem(key));
  }
  const keyOf = (form) =>
    `draft:${form.dataset.owner || ""}:${form.dataset.draft}:${form.querySelector("[name=parent]")?.value || ""}`;
  if (!signedIn) forgetOthers("");

  // --- Typed text ---
  function remember(form) {
    const box = form.querySelector("textarea[name=body]");
    try {
      if (box.value.trim()) store.setItem(keyOf(form), box.value);
      else store.removeItem(keyOf(form));
    } catch (error) {
      console.warn("The draft could not be kept.", error.name);
    }
  }
  function prepare(form) {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    forgetOthers(form.dataset.owner || "");
    const box = form.querySelector("textarea[name=body]");
    const counter = form.querySelector("[data-counter]");
    const limit = Number(counter?.dataset.counter || 0);
    const count = () => {
      const left = limit - [...box.value.trim()].length; // as the server counts
      counter.textContent =
        left < 0 ? `${(-left).toLocaleString()} characters too long.` : `${left.toLocaleString()} characters left.`;
      counter.classList.toggle("is-over", left < 0);
      // Announced only where it matters: near the end.
      counter.setAttribute("aria-live", left < 200 ? "polite" : "off");
    };
    if (!box.value.trim()) box.value = store.getItem(keyOf(form)) || "";
    box.addEventListener("input", () => { remember(form); if (counter) count(); });
    if (counter && box.value) count();
    form.addEventListener("submit", async (event) => {
      const place = form.querySelector("[data-preview]");
      if (event.submitter?.matches("[data-preview-button]") && place) {
        event.preventDefault();
        await showPreview(form, event.submitter.formAction, place);
        return;
      }
      // The login goes the plain way: it changes cookies and tokens.
      if (event.submitter?.name === "signup" || form.querySelector("[name=password]")) return;
      event.preventDefault();
      await send(form, event.submitter);
    });
  }
  const post = (url, body) =>
    fetch(url, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
  // Sent beside the page, so that a question comes back as a part and nothing else on the page is lost. A second click
  // sends nothing twice (the server would notice, too).
  async function send(form, submitter) {
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.set(submitter.name, submitter.value);
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    let answer = null;
    try {
      answer = await post(form.action, body);
    } catch (error) {
      console.warn("Sent the plain way.", error.message);
    }
    const where = answer?.headers.get("Content-Location");
    if (answer?.ok && where) {
      store.setItem("sent", keyOf(form));
      go(where);
    } else if (answer?.redirected) {
      location.assign(answer.url); // logged out meanwhile: the text is kept there
    } else if (answer && [403, 422, 429].includes(answer.status)) {
      const box = form.closest("[data-composer-box]") || form;
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      const said = fresh.content.querySelector("[data-crisis]") || fresh.content.querySelector("[data-question], [role=alert]");
      box.replaceWith(fresh.content);
      prepareAll();
      said?.setAttribute("tabindex", "-1");
      said?.focus();
    } else {
      // The plain way shows whatever went wrong as a page, with the text.
      if (submitter?.name) {
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value });
        form.append(field);
      }
      form.submit();
    }
  }
  function go(where) {
    const to = new URL(where, location.href);
    const isHere = to.pathname === location.pathname && to.search === location.search;
    location.assign(to);
    if (isHere) location.reload(); // only the anchor differs, and the page is older than the comment
  }
  async function showPreview(form, url, place) {
    place.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await post(url, body);
      const text = await answer.text();
      if (answer.ok || answer.status === 429) {
        place.innerHTML = text;
        // What stands below as a question is not said twice.
        const asked = [...form.querySelectorAll("[data-question] [data-nudge]")];
        for (const nudge of place.querySelectorAll("[data-nudge]")) if (asked.some((each) => each.isEqualNode(nudge))) nudge.remove();
        place.querySelector("[data-crisis]")?.focus();
      }
      else place.textContent = "The preview could not be made just now. You can still send the comment.";
    } catch (error) {
      console.warn("The preview could not be fetched.", error.message);
      place.textContent = "The preview could not be made just now. You can still send the comment.";
    } finally {
      place.removeAttribute("aria-busy");
    }
  }
  const prepareAll = () => document.querySelectorAll("form[data-draft]").forEach(prepare);
  // Back on a page that shows the new comment: the draft has served.
  const sent = store.getItem("sent");
  if (sent && location.hash.startsWith("#comment-") && location.hash !== "#comment-form") {
    store.removeItem(sent);
    store.removeItem("sent");
  }
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-draft] button").forEach((button) => { button.disabled = false; });
  });
  prepareAll();
  if (!section) return;

  // --- The box ---
  const place = document.getElementById("comment-form");
  async function fetchBox(url, target, focus) {
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      target.innerHTML = await answer.text();
      prepareAll();
      fitToViewer(target);
      if (focus) target.querySelector("textarea")?.focus();
      return true;
    } catch (error) {
      console.warn("The box could not be fetched.", error.message);
      return false;
    } finally {
      target.removeAttribute("aria-busy");
    }
  }
  // What of this page concerns its viewer: one's own comments, one's marks, and people whom one has hidden.
  function fitToViewer(part) {
    const viewer = part.querySelector("[data-own]")?.dataset;
    if (!viewer) return;
    const each = (ids, act) =>
      (ids || "").split(" ").filter(Boolean).forEach((id) => {
        const comment = document.getElementById(`comment-${id}`);
        if (comment?.closest("#thread")) act(comment);
      });
    each(viewer.own, (comment) => comment.querySelectorAll(".comment__tool").forEach((link) => link.remove()));
    each(viewer.helpful, (comment) => comment.querySelector(".comment__tool[href$='/helpful/']")?.classList.add("is-set"));
    // To the card of each comment, for whoever moderates; where the box is not shown, to the thread's switch as well.
    if (viewer.desk) {
      for (const comment of section.querySelectorAll("#thread .comment[id]")) {
        const foot = comment.querySelector(".comment__foot, .comment__gone");
        if (!foot || foot.querySelector(".comment__card")) continue;
        const link = Object.assign(document.createElement("a"), { className: "comment__card", textContent: "Moderate" });
        link.href = `${viewer.desk}comments/${comment.id.slice("comment-".length)}/`;
        const whose = Object.assign(document.createElement("span"), { className: "visually-hidden" });
        whose.textContent = `: the comment by ${comment.querySelector(".comment__name")?.textContent ?? "somebody"}`;
        link.append(whose);
        foot.append(" ", link);
      }
      if (!part.isConnected) place?.append(part.querySelector("[data-desk-line]"));
    }
    each(viewer.hidden, (comment) => {
      if (comment.classList.contains("comment--hidden")) return;
      const note = document.createElement("p");
      note.className = "comment__folded";
      note.textContent = "By somebody whom you have hidden. ";
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button--link", textContent: "Show it" });
      button.addEventListener("click", () => {
        comment.classList.remove("comment--hidden");
        note.remove();
      });
      note.append(button);
      comment.classList.add("comment--hidden");
      comment.prepend(note);
    });
  }

  // --- Report, helpful: a part under the comment; the link leads to the same as a page ---
  section.addEventListener("click", async (event) => {
    const link = event.target.closest("a.comment__tool");
    if (!link || link.pathname.endsWith("/hide/") || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const helpful = link.pathname.endsWith("/helpful/");
    if (helpful && !signedIn) return; // to the login
    event.preventDefault();
    const comment = link.closest(".comment");
    section.querySelectorAll(".tool-place").forEach((old) => old.remove());
    const here = document.createElement("div");
    here.className = "tool-place";
    comment.after(here);
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!(await showPart(here, answer))) throw new Error(String(answer.status));
      const form = here.querySelector("form");
      // One click is enough to mark; to take it back one is shown that it is set.
      if (helpful && form && here.querySelector("[data-set='0']")) await sendPart(here, form, null);
      if (helpful) link.classList.toggle("is-set", Boolean(here.querySelector("[data-set='1']")));
      here.querySelector("input:not([type=hidden]), textarea, button")?.focus();
    } catch (error) {
      console.warn("Opened as a page.", error.message);
      location.href = link.href;
    }
  });
  section.addEventListener("submit", async (event) => {
    const here = event.target.closest(".tool-place");
    if (!here) return;
    event.preventDefault();
    const link = here.previousElementSibling?.querySelector(".comment__tool[href$='/helpful/']");
    await sendPart(here, event.target, event.submitter);
    const part = here.querySelector("[data-set]");
    if (part) link?.classList.toggle("is-set", part.dataset.set === "1");
  });
  async function showPart(here, answer) {
    const fresh = document.createElement("template");
    fresh.innerHTML = answer.redirected ? "" : await answer.text();
    if (!fresh.content.querySelector("[data-part]")) return false;
    here.replaceChildren(fresh.content);
    return true;
  }
  async function sendPart(here, form, submitter, again = true) {
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.set(submitter.name, submitter.value);
    try {
      const answer = await post(form.action, body);
      if (await showPart(here, answer)) {
        here.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
        return;
      }
      if (answer.status === 403 && again && (await renewToken(form))) return sendPart(here, form, submitter, false);
    } catch (error) {
      console.warn("Sent the plain way.", error.message);
    }
    form.submit(); // whatever is wrong is shown as a page
  }
  // A form that stood open while one logged in elsewhere has a dead token: what was typed must not go with it.
  async function renewToken(form) {
    const fresh = document.createElement("template");
    const answer = await fetch(form.action, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    fresh.innerHTML = answer.ok && !answer.redirected ? await answer.text() : "";
    const token = fresh.content.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (token) form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    return Boolean(token);
  }

  let open = false;
  async function openBox(focus) {
    if (open || !place?.querySelector(".composer-place__open")) return;
    open = true;
    section.querySelectorAll(".answer-place").forEach((old) => old.remove());
    if (await fetchBox(section.dataset.composer, place, focus)) return;
    place.classList.remove("composer-place--coming");
    if (focus) location.href = section.dataset.composer;
  }
  place?.addEventListener("click", (event) => {
    if (event.target.closest(".composer-place__open")) {
      event.preventDefault();
      openBox(true);
    }
  });
  section.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-answer]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const comment = link.closest(".comment");
    section.querySelectorAll(".answer-place").forEach((old) => old.remove());
    const here = document.createElement("div");
    here.className = "answer-place";
    comment.after(here);
    // One box at a time: ids stay unique.
    if (open) {
      place.classList.remove("composer-place--coming");
      place.innerHTML = `<a class="button composer-place__open" href="${section.dataset.composer}">Write a comment</a>`;
      open = false;
    }
    if (!(await fetchBox(link.href, here, true))) location.href = link.href;
    here.querySelectorAll("article.comment--own").forEach((own) => own.remove());
  });

  const target = location.hash.match(/^#comment-(\d+)$/);
  if (location.hash === "#comment-form") openBox(true);
  else if (signedIn && place) {
    // Its room is there before it is, so that what one reads below does not move.
    if (place.querySelector(".composer-place__open")) place.classList.add("composer-place--coming");
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watcher.disconnect();
        // A closed discussion has no box; what concerns the viewer comes all the same.
        if (place.querySelector(".composer-place__open")) openBox(false);
        else fetchBox(section.dataset.composer, document.createElement("div"), false);
      }
    }, { rootMargin: "400px" });
    watcher.observe(section);
  }
  // New since the last visit: the reader's own browser remembers when that was, and which state of the thread it saw.
  if (section.dataset.version) {
    const key = `seen:${section.dataset.thread}`;
    try {
      const seen = JSON.parse(window.localStorage.getItem(key) || "null");
      if (seen && seen.version !== section.dataset.version) {
        const link = document.createElement("a");
        link.href = `${section.dataset.since}?since=${seen.at}`;
        link.textContent = "New comments since your last visit";
        const line = document.createElement("p");
        line.className = "discussion__new";
        line.append(link);
        document.getElementById("thread").before(line);
      }
      const looked = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        looked.disconnect();
        window.localStorage.setItem(key, JSON.stringify({ version: section.dataset.version, at: Date.now() }));
      });
      looked.observe(section);
    } catch (error) {
      console.warn("When you were last here is not remembered.", error.name);
    }
  }

  // The anchor of a comment that stands on another page of the thread: go where it is, if it is anywhere.
  if (target && !document.getElementById(target[0].slice(1))) {
    fetch(`/comments/${target[1]}/`, { method: "HEAD", credentials: "same-origin" })
      .then((answer) => { if (answer.ok) location.replace(`/comments/${target[1]}/`); })
      .catch((error) => console.warn("The comment could not be looked for.", error.message));
  }
})();
