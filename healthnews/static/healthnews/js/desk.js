// The desk by keyboard. Every key presses a button or follows a link that is on the page; nothing works only by key.
// desk-card.js and desk-queue.js add what their pages need: a list of functions that may take a key first.
"use strict";
const desk = (() => {
  document.querySelector("[data-focus]")?.focus({ preventScroll: true });
  // On a phone the places of the desk are one line that scrolls: begin at the one where we are.
  const places = document.querySelector(".desk__places"), here = places?.querySelector("[aria-current]");
  if (here) places.scrollLeft = here.offsetLeft - places.offsetLeft - places.clientWidth / 3;

  const line = document.querySelector("[data-announce]");
  const announce = (words) => {
    line.textContent = "";
    setTimeout(() => { line.textContent = words; }, 50); // the same words twice are a change as well
  };

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
  keysButton.hidden = false;
  keysButton.addEventListener("click", () => { keysOn = !keysOn; store.set(SWITCH, keysOn ? "on" : "off"); showKeys(); });
  showKeys();

  const help = document.querySelector("#desk-help");
  const helpButton = document.querySelector("[data-help-open]");
  helpButton.hidden = false;
  helpButton.addEventListener("click", () => help.showModal());

  // One page sends one decision, however often a key or button is pressed.
  let sending = false;
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (sending) event.preventDefault();
    sending = true;
    setTimeout(() => { sending = false; }, 10_000); // somebody may have stopped it
  });
  window.addEventListener("pageshow", () => { sending = false; });

  const press = (button) => {
    const way = button.form?.querySelector("[name=way]");
    if (way) way.value = "key";
    button.click();
    if (way) way.value = "click"; // read already, if the form was sent; it may have stayed for want of something
  };

  // A button with data-twice leads to a field first; the same key sends when pressed again outside a field.
  let armed = null;
  const pressByKey = (key) => {
    const named = CSS.escape(key);
    const button = document.querySelector(`[data-key="${named}"], [data-also="${named}"]`);
    if (!button) return false;
    const folded = button.closest("details");
    if (folded) folded.open = true;
    const needs = (button.dataset.needs ?? "").split(" ").filter(Boolean);
    const lacking = needs.map((id) => document.getElementById(id)).find((field) => field && !field.value.trim());
    const twice = button.dataset.twice;
    const outcome = button.formNoValidate ? null : button.form?.querySelector("[name=outcome]");
    if (lacking && !(lacking.id === "message" && document.querySelector(".decision--refuse [name=canned_reply]:checked"))) {
      lacking.focus();
    } else if (outcome && !button.form.querySelector("[name=outcome]:checked")) {
      outcome.focus();
      announce("First say how this emergency was dealt with.");
    } else if (twice !== undefined && armed !== button) {
      ((twice && button.form.querySelector(twice)) || button).focus();
      announce(`Press ${key} again, outside a field, or Control and Enter, to send.`);
    } else {
      press(button);
      return true;
    }
    armed?.classList.remove("button--armed");
    armed = button;
    armed.classList.add("button--armed");
    return true;
  };

  // Browsers send a form when Enter is pressed on a radio or a tick: nothing here is decided like that.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("[type=radio], [type=checkbox]")) event.preventDefault();
  });

  const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select");
  // A key that is held repeats, and would decide card after card unread; so would one still down when a card opens.
  const READY = performance.now() + 400;
  const firsts = [];
  document.addEventListener("keydown", (event) => {
    if (!keysOn || event.repeat || performance.now() < READY || help.open) return;
    const field = typing(event.target);
    const form = event.target.form;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.matches(".decision")) {
      // Where a form can be sent in two ways, the button has to say which.
      const keyed = [...form.querySelectorAll("[data-key]")];
      const ways = keyed.length ? keyed : [...form.querySelectorAll("button:not([type=button])")];
      const own = armed?.form === form ? armed : ways.length === 1 ? ways[0] : null;
      event.preventDefault();
      if (own) press(own);
      else {
        ways[0].focus();
        announce(`Choose the button: this can be sent in ${ways.length} ways.`);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && field) { field.blur(); return; }
    if (firsts.some((take) => take(event, field))) { event.preventDefault(); return; }
    if (field) return;
    if (event.key === "?") help.showModal();
    else if (event.key === "/") document.querySelector("#desk-q").focus();
    else if (!/^[a-z]$/.test(event.key) || !pressByKey(event.key)) return;
    event.preventDefault();
  });

  // What has come in meanwhile, asked every twenty seconds. An emergency is told on every page of the desk and in its title.
  const alarm = document.querySelector("[data-waiting]"), title = document.title, told = [];
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${alarm.dataset.waiting}?since=${alarm.dataset.since}`);
      if (!answer.ok || answer.redirected) return;
      const waiting = await answer.json();
      const one = waiting.emergencies === "1", none = waiting.emergencies === "0";
      const words = none ? "" : `${waiting.emergencies} emergenc${one ? "y has" : "ies have"} come in: look at ${one ? "it" : "them"}`;
      const link = alarm.querySelector("a");
      link.hidden = none;
      if (link.textContent !== words) link.textContent = words;
      document.title = none ? title : `(${waiting.emergencies} emergenc${one ? "y" : "ies"}) ${title}`;
      for (const tell of told) tell(waiting);
    } catch (error) {
      console.warn("What has come in could not be asked.", error);
    }
  };
  setInterval(ask, 20_000);
  document.addEventListener("visibilitychange", ask);

  return { announce, firsts, pressByKey, told };
})();
