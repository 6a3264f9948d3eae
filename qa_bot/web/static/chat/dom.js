// What every part of the chat page needs: elements, words, the address of the server, announcements.

/** The server's address, which may be below another site's path. */
export const root = new URL("../../", import.meta.url);

/** The interface language, as the server chose it for this page. */
export const language = document.querySelector('meta[name="qa-bot-language"]')?.content || "en";

/** The same as the browser's formats need it: English dates as everywhere else on the site. */
export const locale = language === "en" ? "en-GB" : language;

/** @type {Record<string, string | Record<string, string>>} what this script says */
const words = await fetch(new URL(`ui/words/${language}.json`, root))
  .then((reply) => reply.json())
  .then((sections) => sections.chat)
  .catch(() => ({}));

const plural = new Intl.PluralRules(language);

/** The text with this name, its {places} filled; a counted text in the form for `values.count`. */
export function say(name, values = {}) {
  let text = words[name] ?? name;
  if (typeof text !== "string") text = text[plural.select(values.count)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, place) => (place in values ? String(values[place]) : whole));
}

/** A new element. Children are elements or text, which stays text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A button that does `action`. */
export function button(attributes, label, action) {
  const element = make("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", action);
  return element;
}

/** Words for screen readers only. */
export function hidden(text) {
  return make("span", { class: "qa-hidden" }, text);
}

export function setOnce(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** The box for the question. */
export function box() {
  return document.querySelector("#qa-box textarea");
}

/** Puts a text into one of Gradio's boxes so that Gradio notices. */
export function fill(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const live = make("div", { class: "qa-hidden", role: "status", "aria-live": "polite" });
document.body.append(live);

/** Tells a screen reader. */
export function announce(text) {
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 60); // a change is what is read out
}

let passing = null;
/** Shows a short message at the foot of the page, with a way to take back what was done. */
export function toast(text, undo = null) {
  passing?.remove();
  const note = make("div", { class: "qa-toast" }, make("span", {}, text));
  if (undo) {
    note.append(button({}, say("undo"), () => {
      note.remove();
      undo();
    }));
  }
  document.body.append(note);
  passing = note;
  announce(text);
  setTimeout(() => note.remove(), undo ? 8000 : 3500);
}

/** A box that opens below a button and closes on Escape, on a click elsewhere or when left. */
export function disclosure(opener, panel) {
  const show = (open, focus = false) => {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) panel.querySelector("select, input, button, a")?.focus();
    else if (focus) opener.focus();
  };
  opener.setAttribute("aria-expanded", "false");
  panel.hidden = true;
  opener.addEventListener("click", () => show(panel.hidden));
  const within = (element) => panel.contains(element) || opener.contains(element);
  document.addEventListener("focusin", (event) => {
    if (!panel.hidden && !within(event.target)) show(false);
  });
  // From anywhere, and before anything else that Escape would close.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    show(false, within(document.activeElement) || document.activeElement === document.body);
  }, true);
  document.addEventListener("click", (event) => {
    if (!panel.hidden && !within(event.target)) show(false);
  });
  return show;
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text); // the clipboard is closed to pages that come without https
  }
}

function copyOldWay(text) {
  const area = make("textarea", { class: "qa-hidden", readonly: true });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}
