// The queue: down and up by key, ticking, and what has arrived meanwhile, told without moving the list.
"use strict";
(() => {
  const items = [...document.querySelectorAll("[data-queue] [data-item]")];
  const ticks = items.map((item) => item.querySelector(".queue__tick")).filter(Boolean);
  let at = -1;
  const go = (to) => {
    at = Math.max(0, Math.min(items.length - 1, to));
    items[at].querySelector(".queue__open").focus();
    items[at].scrollIntoView({ block: "nearest" });
  };
  // Back from a card one is at its row again; from the page before at the first.
  const back = items.findIndex((item) => `#${item.querySelector(".queue__open").id}` === location.hash);
  if (back >= 0) go(back);
  else if (location.hash === "#first" && items.length) go(0);

  // How many are ticked, and all at once.
  const bulk = document.querySelector("[data-queue] ~ .bulk");
  const clause = bulk?.querySelector("select[name=clause]");
  const all = bulk?.querySelector("[data-all]");
  // An emergency is not ticked with all: it closes only with how it was dealt with, on its card.
  const ordinary = ticks.filter((tick) => !tick.closest("[data-item]").querySelector(".kind--crisis"));
  const count = () => ticks.filter((tick) => tick.checked).length;
  const show = () => {
    const ticked = count();
    bulk.querySelector("[data-ticked]").textContent = `${ticked} ticked`;
    all.checked = ticked > 0 && ordinary.every((tick) => tick.checked);
    all.indeterminate = ticked > 0 && !all.checked;
  };
  const tickAll = (on) => {
    for (const tick of on ? ordinary : ticks) tick.checked = on;
    show();
    desk.announce(on ? `${ordinary.length} on this page are ticked.` : "None is ticked.");
  };
  if (bulk) {
    for (const each of bulk.querySelectorAll("[data-scripted]")) each.hidden = false;
    all.addEventListener("change", () => tickAll(all.checked));
    document.addEventListener("change", (event) => { if (ticks.includes(event.target)) show(); });
    window.addEventListener("pageshow", show); // browsers tick again what was ticked when one goes back
    show();
  }

  desk.firsts.push((event, field) => {
    // In the list of clauses r sends, as on a card.
    if (field && field === clause && event.key === "r") { desk.pressByKey("r"); return true; }
    if (field || !items.length) return false;
    const here = items.indexOf(document.activeElement.closest("[data-item]"));
    if (here >= 0) at = here;
    const further = document.querySelector(".paging__after");
    if (event.key === "j" && at === items.length - 1 && further) location.assign(`${further.href}#first`);
    else if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) ticks[at]?.click();
    else if (event.key === "X" && bulk) tickAll(!all.checked);
    else if (/^[pr]$/.test(event.key) && bulk && !count()) desk.announce("Tick comments first, with x: p and r are about those.");
    else return false;
    return true;
  });

  const link = document.querySelector("[data-arrived]");
  if (!link) return;
  desk.told.push(({ lanes, total, new: came }) => {
    document.querySelector("[data-total]").textContent = total;
    for (const [lane, words] of Object.entries(lanes)) {
      const place = document.querySelector(`[data-lane="${lane}"]`);
      if (place) place.textContent = words;
    }
    const words = came === "0" ? "" : `${came} new comment${came === "1" ? "" : "s"}: show`;
    if (link.textContent !== words) link.textContent = words;
    link.hidden = !words;
  });
})();
