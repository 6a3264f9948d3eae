// The speech beside the chat, opened at the words of a citation. Its text comes escaped from our
// own /source/ address.

import { LeafView, want, wanted } from "../leaf.js";
import { box, button, make, say } from "./dom.js";

const narrow = matchMedia("(max-width: 760px)");
let citations = []; // links of the answer that the open one belongs to
let current = null; // the link that is open, and the one that opened it
let loading = null;

const back = button({ class: "back", "aria-label": say("close_source") }, make("span", { class: "wide" }, say("close")), close);
back.append(make("span", { class: "narrow" }, say("back")));
const previous = arrow("previous", "↑", "previous_citation", -1);
const next = arrow("next", "↓", "next_citation", 1);
const count = make("span", { class: "count", role: "status" });
const full = make("a", { class: "full", target: "_blank", rel: "noopener" }, say("full_page"));
const text = make("div", { class: "text", tabindex: "0", role: "group", "aria-label": say("speech_text") });
const about = make("div", { class: "about" });
const frame = make("section", { class: "leaf", "aria-label": say("original_page"), hidden: true });
const toggle = button({ class: "leaf-toggle", "aria-pressed": "false", hidden: true }, say("original_page"), () => {
  want(frame.hidden);
  showLeaf();
});
const tools = make("div", { class: "tools" }, back, make("span", { class: "space" }), previous, count, next, toggle, full);
export const panel = make("aside", { id: "qa-source", "aria-label": say("source"), tabindex: "-1", hidden: true }, tools, about, frame, text);
document.body.append(panel);
const leaf = new LeafView(frame, { failed: say("no_original_page"), step });

function arrow(name, sign, label, by) {
  return button({ class: name, title: say(label), "aria-label": say(label) }, sign, () => step(by));
}

/** Opens the speech at the words that the link names. */
export async function open(link) {
  const address = new URL(link.href);
  const [start, end] = address.hash.slice(1).split("-");
  citations = unique(alike(link));
  setCurrent(citations.find((other) => other.href === link.href) ?? link, link);
  full.href = link.href;
  const already = !panel.hidden;
  panel.hidden = false;
  document.body.classList.add("qa-beside");
  cover(narrow.matches);
  if (!already) {
    panel.focus();
    leaveWayBack();
  }
  loading?.abort();
  loading = new AbortController();
  panel.setAttribute("aria-busy", "true");
  const query = new URLSearchParams({ view: "panel" });
  if (end) {
    query.set("start", start);
    query.set("end", end);
  }
  try {
    const reply = await fetch(`${address.origin}${address.pathname}?${query}`, { signal: loading.signal });
    if (!reply.ok) throw new Error(reply.status);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    about.replaceChildren(page.querySelector(".heading-block") ?? "");
    about.querySelector("h1")?.setAttribute("aria-level", "2"); // the chat has the page's h1
    text.replaceChildren(page.querySelector("article"));
  } catch (error) {
    if (error.name === "AbortError") return;
    about.replaceChildren();
    text.replaceChildren(make("p", { role: "alert" }, say("could_not_open")));
  }
  panel.removeAttribute("aria-busy");
  showLeaf();
  panel.setAttribute("aria-label", `${say("source")}: ${about.querySelector("h1, h2")?.textContent ?? ""}`);
  if (!showWords()) text.scrollTop = 0;
}

/** The page of the original above the text, where the file has pages and the person wants to see it. */
function showLeaf() {
  const link = about.querySelector(".leaf-link");
  const shown = Boolean(link) && wanted();
  toggle.hidden = !link;
  toggle.setAttribute("aria-pressed", String(shown));
  frame.hidden = !shown;
  if (shown) leaf.show(link.href.includes("?") ? link.href : `${link.href}?number=1`);
  else leaf.clear();
}

/** Brings the cited words into view; whether there are any. */
function showWords() {
  const first = text.querySelector("mark.cited");
  first?.scrollIntoView({ block: "center" });
  return Boolean(first);
}

/** On a phone its back button leads from the source to the chat. */
function leaveWayBack() {
  if (narrow.matches && !history.state?.qaSource) history.pushState({ qaSource: true }, "");
}

/** The window became narrow or wide: the lines break anew, and the words move away. */
function refit() {
  cover(narrow.matches);
  if (panel.hidden) return;
  leaveWayBack();
  showWords();
}

/** The links to step through: the answer's quotations, its facts, or what is folded below them. */
function alike(link) {
  const kind = (one) => one.closest(".qa-more, .qa-fact")?.className ?? "";
  const all = link.closest(".qa-answer")?.querySelectorAll("a.qa-cite") ?? [link];
  return [...all].filter((one) => kind(one) === kind(link));
}

/** One link for each cited span, in order: an answer links its number and its credit line. */
function unique(links) {
  const seen = new Set();
  return links.filter((link) => !seen.has(link.href) && seen.add(link.href));
}

function unmark() {
  for (const old of document.querySelectorAll("a.qa-cite[aria-current]")) old.removeAttribute("aria-current");
}

function setCurrent(link, opener) {
  unmark();
  for (const same of document.querySelectorAll("a.qa-cite")) {
    if (same.href === link.href) same.setAttribute("aria-current", "true");
  }
  current = { link, opener };
  const at = citations.indexOf(link);
  count.textContent = `${at + 1} / ${citations.length}`;
  previous.disabled = at <= 0;
  next.disabled = at >= citations.length - 1;
}

function step(by) {
  const link = citations[citations.indexOf(current.link) + by];
  if (!link) return;
  link.closest("details")?.setAttribute("open", "");
  open(link);
  if ((by < 0 ? previous : next).disabled) panel.focus();
}

/** On a phone the source covers the chat, which then must not be reached. */
function cover(covered) {
  document.querySelector("gradio-app").inert = covered && !panel.hidden;
}

export function close() {
  if (history.state?.qaSource) history.back(); // comes back to shut() as a popstate
  else shut();
}

function shut() {
  if (panel.hidden) return;
  loading?.abort();
  panel.hidden = true;
  cover(false);
  document.body.classList.remove("qa-beside");
  unmark();
  const opener = current.opener.isConnected ? current.opener : box();
  opener?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.qa-cite");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link);
}, true);
addEventListener("popstate", shut);
narrow.addEventListener("change", refit);
