// A card: clauses by number, marking what is to be taken out, canned texts to change, and who is looking.
"use strict";
(() => {
  const card = document.querySelector("[data-card]");
  if (!card) return;

  // An emergency's text is opened before anything is decided about it.
  const veil = card.querySelector("[data-veil]");
  const DECIDE = /^[parbvxldghsec0-9]$/;
  desk.firsts.push((event, field) => {
    if (!veil || veil.open || field || !DECIDE.test(event.key)) return false;
    veil.open = true;
    veil.querySelector("[data-text]").parentElement.focus();
    desk.announce("The text is open now. Nothing was decided.");
    return true;
  });

  // Two digits typed quickly are one number: clause 10 and 11 can be reached.
  const clause = card.querySelector("#clause");
  let digits = "", digitAt = 0;
  const chooseClause = (digit) => {
    const now = performance.now();
    const both = digits + digit;
    const has = (value) => [...clause.options].some((option) => option.value === value);
    digits = now - digitAt < 900 && has(both) ? both : digit;
    digitAt = now;
    if (has(digits)) {
      clause.value = digits;
      clause.dispatchEvent(new Event("change"));
    }
    clause.focus();
  };
  desk.firsts.push((event, field) => {
    if (!clause || field && field !== clause) return false;
    if (/^[0-9]$/.test(event.key)) chooseClause(event.key);
    // In the list of clauses the keys that refuse send, also where they answer an appeal: two keys refuse a comment.
    else if (field === clause && /^[rbvgd]$/.test(event.key)) desk.pressByKey(event.key);
    else return false;
    return true;
  });

  // A clause brings its usual reply and shows its usual outcome; what somebody has chosen or typed stays.
  const options = () => [...card.querySelectorAll(".decision--answer [name=canned_reply], .decision--refuse [name=canned_reply]")];
  const first = options().filter((each) => each.checked);
  let brought = null;
  clause?.addEventListener("change", () => {
    const { outcome, reply } = clause.selectedOptions[0].dataset;
    for (const each of card.querySelectorAll("[data-usual]")) each.hidden = each.dataset.usual !== outcome;
    if (brought?.checked) {
      brought.checked = false;
      for (const each of first) if (each.form === brought.form) each.checked = true;
    }
    brought = null;
    const usual = options().find((each) => each.value === reply);
    if (!usual || options().some((each) => each.form === usual.form && each.checked && !first.includes(each))) return;
    usual.checked = true;
    usual.closest("details")?.setAttribute("open", "");
    brought = usual;
  });

  // What a clause means for the desk stands below the list that it was chosen from.
  const guidances = card.querySelector("[data-guidances]");
  for (const line of card.querySelectorAll("[data-guidance]")) {
    const select = line.parentElement.querySelector("select");
    const show = () => {
      const chosen = select.value && guidances?.querySelector(`[data-clause="${CSS.escape(select.value)}"] dd`);
      line.textContent = chosen ? chosen.textContent : "";
      line.hidden = !chosen;
    };
    select.addEventListener("change", show);
    show();
  }

  // Many canned replies: those that hold what is typed.
  for (const filter of card.querySelectorAll("[data-filter]")) {
    const choices = [...filter.parentElement.querySelectorAll(".choice")];
    const box = filter.querySelector("input"), none = filter.querySelector("[data-filter-none]");
    filter.hidden = choices.length < 5;
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const each of choices) each.hidden = !words.every((word) => each.textContent.toLowerCase().includes(word));
      none.hidden = choices.some((each) => !each.hidden);
    });
    // It is no field of the form around it.
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  // Without a suggestion there is nothing to answer with: a leads to the replies.
  desk.firsts.push((event, field) => {
    if (event.key !== "a" || field) return false;
    const form = card.querySelector(".decision--answer");
    if (!form || form.querySelector("[name=canned_reply]:checked") || form.querySelector("#reply").value.trim()) return false;
    const first = form.querySelector("[name=canned_reply], textarea");
    if (first.closest("details")) first.closest("details").open = true;
    first.focus();
    return true;
  });

  // What is selected in the text becomes one more stretch to take out, counted in code points as the server does.
  const text = card.querySelector("[data-text]");
  const redact = card.querySelector("[data-redact]");
  const selected = () => {
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    if (!range || range.collapsed || !text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = [...before.toString()].length;
    const words = range.toString();
    return { start, end: start + [...words].length, words };
  };
  // What was marked by hand can be taken back, one by one; what was found is unticked.
  const takeBack = (choice, words) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--link", textContent: "Take back" });
    button.setAttribute("aria-label", `Take back: ${words}`);
    button.addEventListener("click", () => {
      choice.remove();
      count();
      redact.querySelector("summary").focus();
      desk.announce(`No longer marked: ${words}`);
    });
    choice.append(button);
  };
  // Once somebody has marked something, the bar no longer publishes the text with it.
  const marks = card.querySelector("[data-marked]"), plain = card.querySelector(".bar [form=decide-publish]");
  const count = () => {
    const ticked = redact.querySelectorAll("[name=span]:checked").length;
    marks.hidden = !ticked;
    marks.textContent = `${ticked} to be taken out: go on`;
    if (plain) plain.hidden = Boolean(ticked);
  };
  const mark = ({ start, end, words }) => {
    const value = `${start}-${end}`, id = `span-${value}`;
    let box = document.getElementById(id);
    if (!box) {
      const choice = document.createElement("div"), label = document.createElement("label"), quote = document.createElement("q");
      choice.className = "choice";
      box = Object.assign(document.createElement("input"), { type: "checkbox", name: "span", id, value });
      label.htmlFor = id;
      quote.textContent = words;
      label.append(quote);
      choice.append(box, label);
      takeBack(choice, words);
      redact.querySelector("[data-spans]").append(choice);
    }
    box.checked = true;
    redact.querySelector("details").open = true;
    getSelection().removeAllRanges();
    count();
    desk.announce(`Marked to be taken out: ${words}`);
  };
  if (redact) {
    redact.querySelector("[data-marking]").hidden = false;
    redact.addEventListener("change", count);
    desk.firsts.push((event, field) => {
      const found = event.key === "x" && !field ? selected() : null;
      if (found) mark(found);
      return Boolean(found);
    });
    // By finger or mouse: a button while something is selected. Pressing it may end the selection before the click comes.
    const button = card.querySelector("[data-take-out]");
    let last = null;
    document.addEventListener("selectionchange", () => {
      const found = selected();
      if (found) [last, button.hidden] = [found, false];
      else setTimeout(() => { button.hidden = !selected(); }, 400);
    });
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (last) mark(last);
      [last, button.hidden] = [null, true];
    });
  }

  // Where the bar leads to something folded, it is opened; so is the text of an emergency.
  for (const link of card.querySelectorAll(".bar [href^='#']")) {
    link.addEventListener("click", () => {
      const target = card.querySelector(link.hash);
      if (veil) veil.open = true;
      const folded = target.matches("[data-redact]") ? target.querySelector("details") : null;
      if (folded) folded.open = true;
    });
  }

  // One answer to how an emergency ended, in whichever form it was given.
  card.addEventListener("change", (event) => {
    if (event.target.name !== "outcome") return;
    for (const each of card.querySelectorAll("[name=outcome]")) each.checked = each.value === event.target.value;
  });

  // A canned text to be changed before it is sent.
  for (const copy of card.querySelectorAll("[data-copy]")) {
    copy.hidden = false;
    copy.addEventListener("click", () => {
      const form = copy.closest("form");
      const chosen = form.querySelector("[name=canned_reply]:checked")?.closest(".choice").querySelector("[data-canned]");
      const box = form.querySelector("textarea");
      if (chosen) box.value = chosen.innerText.trim();
      box.focus();
    });
  }

  // Who is looking: said again while the card is open, freed on leaving. A browser that dies says nothing more.
  if (!("open" in card.dataset)) return;
  const token = card.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = (release) => new URLSearchParams({ csrfmiddlewaretoken: token, ...(release ? { release: "1" } : {}) });
  const meanwhile = card.querySelector("[data-meanwhile]");
  const renew = async () => {
    try {
      const answer = await fetch(card.dataset.claim, { method: "POST", body: body(false) });
      const words = answer.status === 409 ? (await answer.text()).trim() : "";
      if (answer.status !== 409 && answer.status !== 204) return;
      card.querySelector("[data-looking]")?.remove();
      if (meanwhile.textContent !== words) meanwhile.textContent = words;
      meanwhile.hidden = !words;
    } catch (error) {
      console.warn("The desk could not be told that this card is open.", error);
    }
  };
  setTimeout(renew, 2_000); // a page that was reloaded has freed it a moment ago
  setInterval(renew, 60_000);
  window.addEventListener("pagehide", () => { navigator.sendBeacon(card.dataset.claim, body(true)); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) renew(); });
})();
