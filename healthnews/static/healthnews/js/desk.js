// The desk by keyboard. Every key presses a button or follows a link that is on the page; nothing works only by key.
"use strict";
(() => {
  const card = document.querySelector("[data-card]");
  const queue = document.querySelector("[data-queue]");
  document.querySelector("[data-focus]")?.focus({ preventScroll: true });

  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const plain = (event) => !(event.ctrlKey || event.metaKey || event.altKey);

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
  document.addEventListener("keydown", (event) => {
    if (!plain(event)) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    const refuse = card.querySelector("[data-key-confirm=r]");
    // In the list of clauses a digit chooses and a second r sends: two keys refuse a comment.
    const inClauses = event.target === clause;
    if (typing(event.target) && !inClauses) return;
    if (event.key === "r" && refuse) {
      if (clause.value) refuse.click();
      else clause.focus();
    } else if (/^[1-9]$/.test(event.key) && clause) {
      clause.value = event.key;
      clause.focus();
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
