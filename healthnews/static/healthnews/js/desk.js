// The desk by keyboard. Every key presses a button or follows a link that is on the page; nothing works only by key.
"use strict";
(() => {
  const card = document.querySelector("[data-card]");
  const queue = document.querySelector("[data-queue]");
  document.querySelector("[data-focus]")?.focus({ preventScroll: true });

  // Single-letter keys can be switched off (WCAG 2.1.4), for whoever speaks to the computer or leans on the keyboard.
  const SWITCH = "desk-keys";
  const store = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { console.warn("The choice could not be kept."); } } };
  const keysButton = document.querySelector("[data-keys-switch]");
  let keysOn = store.get(SWITCH) !== "off";
  const showKeys = () => {
    keysButton.textContent = keysOn ? "Keys are on" : "Keys are off";
    keysButton.setAttribute("aria-pressed", String(keysOn));
    document.body.classList.toggle("desk--no-keys", !keysOn);
  };
  if (keysButton) {
    keysButton.hidden = false;
    keysButton.addEventListener("click", () => { keysOn = !keysOn; store.set(SWITCH, keysOn ? "on" : "off"); showKeys(); });
    showKeys();
  }

  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  // A key that is held repeats, and would decide card after card unread; so would one still down when a card opens.
  const READY = performance.now() + 400;
  const plain = (event) =>
    keysOn && !event.repeat && performance.now() > READY && !(event.ctrlKey || event.metaKey || event.altKey);

  if (queue) {
    const items = [...queue.querySelectorAll("[data-item]")];
    let at = -1;
    const go = (to) => {
      at = Math.max(0, Math.min(items.length - 1, to));
      items[at].querySelector(".queue__open").focus();
      items[at].scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("keydown", (event) => {
      if (!plain(event) || typing(event.target)) return;
      if (event.key === "j") go(at + 1);
      else if (event.key === "k") go(at - 1);
      else if (event.key === "x" && at >= 0) items[at].querySelector(".queue__tick").click();
      else return;
      event.preventDefault();
    });
  }

  if (!card) return;
  let sending = false;
  card.addEventListener("submit", (event) => {
    if (sending) event.preventDefault();
    sending = true;
  });
  window.addEventListener("pageshow", () => { sending = false; });

  const clause = card.querySelector("#clause");
  const answerIsChosen = () =>
    card.querySelector(".decision--answer [name=canned_reply]:checked") || card.querySelector("#reply")?.value.trim();
  // Two digits typed quickly are one number: clause 10 and 11 can be reached.
  let digits = "", digitAt = 0;
  const chooseClause = (digit) => {
    const now = performance.now();
    const both = digits + digit;
    const has = (value) => [...clause.options].some((option) => option.value === value);
    digits = now - digitAt < 900 && has(both) ? both : digit;
    digitAt = now;
    if (has(digits)) clause.value = digits;
    clause.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (!plain(event)) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    const refuse = card.querySelector("[data-key-confirm=r]");
    // In the list of clauses a digit chooses and a second r sends: two keys refuse a comment.
    const inClauses = event.target === clause;
    if (typing(event.target) && !inClauses) return;
    if (event.key === "a" && !inClauses && !answerIsChosen()) {
      card.querySelector(".decision--answer [name=canned_reply], .decision--answer textarea")?.focus();
    } else if (event.key === "r" && refuse) {
      if (clause.value) refuse.click();
      else clause.focus();
    } else if (/^[0-9]$/.test(event.key) && clause) {
      chooseClause(event.key);
    } else {
      const button = card.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!button || inClauses) return;
      button.click();
    }
    event.preventDefault();
  });

  // A canned reply to be changed before it is sent.
  const copy = card.querySelector("[data-copy]");
  if (copy) {
    copy.hidden = false;
    copy.addEventListener("click", () => {
      const chosen = card.querySelector(".decision--answer [name=canned_reply]:checked");
      const text = chosen?.closest(".choice").querySelector("[data-text]");
      const box = card.querySelector("#reply");
      if (text) box.value = text.innerText.trim();
      box.focus();
    });
  }

  // Who is looking: renewed while the card is open, freed on leaving.
  const token = card.querySelector("[name=csrfmiddlewaretoken]").value;
  const send = (release) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token });
    if (release) body.set("release", "1");
    return body;
  };
  const renew = setInterval(() => {
    fetch(card.dataset.claim, { method: "POST", body: send(false), credentials: "same-origin" }).catch(() => {
      clearInterval(renew);
    });
  }, 60_000);
  window.addEventListener("pagehide", () => { navigator.sendBeacon(card.dataset.claim, send(true)); });
})();
