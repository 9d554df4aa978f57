"use strict";
// The viewer comes after the page: somebody who is logged in (the cookie says so, and proves nothing) gets the
// account corner fetched; nobody else asks the server for anything.
(() => {
  const corner = document.getElementById("account-corner");
  if (!corner || !/(?:^|;\s*)hn_in=1(?:;|$)/.test(document.cookie)) return;
  fetch(corner.dataset.corner, { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => {
      if (!text.trim()) return;
      const part = document.createElement("template");
      part.innerHTML = text;
      const parent = corner.parentElement;
      corner.replaceWith(part.content);
      if (window.htmx) window.htmx.process(parent);
    })
    .catch(() => {
      // Offline, or the server is away: the plain link stays, and leads to the same place.
    });
})();
