// The queue: down and up by key, and what has arrived meanwhile, told without moving the list.
"use strict";
(() => {
  const items = [...document.querySelectorAll("[data-queue] [data-item]")];
  let at = -1;
  const go = (to) => {
    at = Math.max(0, Math.min(items.length - 1, to));
    items[at].querySelector(".queue__open").focus();
    items[at].scrollIntoView({ block: "nearest" });
  };
  desk.firsts.push((event, field) => {
    if (field || !items.length) return false;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) items[at].querySelector(".queue__tick")?.click();
    else return false;
    return true;
  });

  const line = document.querySelector("[data-waiting]");
  if (!line) return;
  const link = line.querySelector("[data-arrived]");
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${line.dataset.waiting}?since=${line.dataset.since}`);
      if (!answer.ok) return;
      const { lanes, total, new: count } = await answer.json();
      document.querySelector("[data-total]").textContent = total;
      for (const [lane, words] of Object.entries(lanes)) {
        const place = document.querySelector(`[data-lane="${lane}"]`);
        if (place) place.textContent = words;
      }
      const words = count === "0" ? "" : `${count} new comment${count === "1" ? "" : "s"}: show`;
      if (link.textContent !== words) link.textContent = words;
      link.hidden = !words;
    } catch (error) {
      console.warn("What has arrived could not be asked.", error);
    }
  };
  setInterval(ask, 20_000);
  document.addEventListener("visibilitychange", ask);
})();
