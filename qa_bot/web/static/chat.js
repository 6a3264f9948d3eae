// Opens citations beside the chat, copies answers, and mends what Gradio's page gets wrong for
// screen readers. All text of speeches comes escaped from our own /source/ address.

const narrow = matchMedia("(max-width: 760px)");
const panel = makePanel();
let citations = []; // links of the answer that the open one belongs to
let current = null; // the link that is open
let loading = null;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makePanel() {
  const back = make("button", { type: "button", class: "back", "aria-label": "Close the source, back to the chat" },
    make("span", { class: "wide" }, "Close"), make("span", { class: "narrow" }, "Back"));
  const previous = make("button", { type: "button", class: "previous", title: "Previous quotation", "aria-label": "Previous quotation" }, "↑");
  const next = make("button", { type: "button", class: "next", title: "Next quotation", "aria-label": "Next quotation" }, "↓");
  const count = make("span", { class: "count", role: "status" });
  const full = make("a", { class: "full", target: "_blank", rel: "noopener" }, "Full page");
  const text = make("div", { class: "text", tabindex: "0", role: "group", "aria-label": "Text of the speech" });
  const about = make("div", { class: "about" });
  const tools = make("div", { class: "tools" }, back, make("span", { class: "space" }), previous, count, next, full);
  const aside = make("aside", { id: "qa-source", "aria-label": "Source", tabindex: "-1", hidden: "" }, tools, about, text);
  back.addEventListener("click", close);
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  document.body.append(aside);
  return aside;
}

function part(name) {
  return panel.querySelector(`.${name}`);
}

/** Opens the speech at the words that the link names. */
async function open(link) {
  const address = new URL(link.href);
  const [start, end] = address.hash.slice(1).split("-");
  const answer = link.closest(".qa-answer");
  citations = unique([...answer.querySelectorAll("a.qa-cite")]);
  setCurrent(citations.find((other) => other.href === link.href) ?? link, link);
  part("full").href = link.href;
  const already = !panel.hidden;
  panel.hidden = false;
  document.body.classList.add("qa-beside");
  cover(narrow.matches);
  if (!already) {
    panel.focus();
    if (narrow.matches) history.pushState({ qaSource: true }, "");
  }
  loading?.abort();
  loading = new AbortController();
  panel.setAttribute("aria-busy", "true");
  const query = new URLSearchParams({ start, end, view: "panel" });
  try {
    const reply = await fetch(`${address.origin}${address.pathname}?${query}`, { signal: loading.signal });
    if (!reply.ok) throw new Error(reply.status);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    part("about").replaceChildren(page.querySelector(".heading-block"));
    part("text").replaceChildren(page.querySelector("article"));
  } catch (error) {
    if (error.name === "AbortError") return;
    part("about").replaceChildren();
    part("text").replaceChildren(make("p", { role: "alert" }, "The speech could not be opened. Is the server still running?"));
  }
  panel.removeAttribute("aria-busy");
  panel.setAttribute("aria-label", `Source: ${part("about").querySelector("h1")?.textContent ?? ""}`);
  const first = part("text").querySelector("mark.cited");
  if (first) first.scrollIntoView({ block: "center" });
  else part("text").scrollTop = 0;
}

/** One link for each cited span, in order: an answer links its number and its credit line. */
function unique(links) {
  const seen = new Set();
  return links.filter((link) => !seen.has(link.href) && seen.add(link.href));
}

function setCurrent(link, opener) {
  for (const old of document.querySelectorAll("a.qa-cite[aria-current]")) old.removeAttribute("aria-current");
  for (const same of document.querySelectorAll("a.qa-cite")) if (same.href === link.href) same.setAttribute("aria-current", "true");
  current = { link, opener };
  const at = citations.indexOf(link);
  part("count").textContent = `${at + 1} / ${citations.length}`;
  part("previous").disabled = at <= 0;
  part("next").disabled = at >= citations.length - 1;
}

function step(by) {
  const link = citations[citations.indexOf(current.link) + by];
  if (!link) return;
  link.closest("details")?.setAttribute("open", "");
  open(link);
  const button = part(by < 0 ? "previous" : "next");
  if (button.disabled) panel.focus();
}

/** On a phone the source covers the chat, which then must not be reached. */
function cover(covered) {
  document.querySelector("gradio-app").inert = covered && !panel.hidden;
}

function close() {
  if (history.state?.qaSource) history.back(); // comes back to shut() as a popstate
  else shut();
}

function shut() {
  if (panel.hidden) return;
  loading?.abort();
  panel.hidden = true;
  cover(false);
  document.body.classList.remove("qa-beside");
  for (const old of document.querySelectorAll("a.qa-cite[aria-current]")) old.removeAttribute("aria-current");
  const opener = current.opener.isConnected ? current.opener : box();
  opener?.focus();
}

async function copy(button) {
  const figure = button.closest(".qa-quote");
  const credit = figure.querySelector("a.qa-credit");
  const text = `“${figure.querySelector(".qa-words").textContent}”\n— ${credit.textContent}\n${credit.href}`;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyOldWay(text); // the clipboard is closed to pages that come without https
  }
  const before = button.textContent;
  button.textContent = done ? "Copied" : "Could not copy";
  setTimeout(() => (button.textContent = before), 1600);
}

function copyOldWay(text) {
  const area = make("textarea", { class: "qa-hidden", readonly: "" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.qa-cite");
  if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    open(link);
    return;
  }
  const button = event.target.closest?.("button.qa-copy");
  if (button) copy(button);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) close();
});
addEventListener("popstate", shut);
narrow.addEventListener("change", () => cover(narrow.matches));

document.addEventListener("click", (event) => {
  // The example goes away once it is asked: the keyboard goes on in the box.
  if (event.target.closest?.(".qa-example")) box()?.focus();
});

function box() {
  return document.querySelector("#qa-box textarea");
}

// Gradio names each message by its raw HTML, calls the greeting complementary, and its box doesn't
// follow the writing direction.
const names = { user: "Question", bot: "Answer" };
function mend() {
  for (const [kind, name] of Object.entries(names)) {
    for (const message of document.querySelectorAll(`#qa-conversation [data-testid="${kind}"]`)) {
      setOnce(message, "aria-label", name);
      setOnce(message, "role", "group");
    }
  }
  for (const log of document.querySelectorAll("#qa-conversation [role=log]")) setOnce(log, "aria-label", "Conversation");
  document.querySelector("#qa-conversation .placeholder-content")?.removeAttribute("role");
  if (box()) setOnce(box(), "dir", "auto");
  document.documentElement.dataset.theme = document.body.classList.contains("dark") ? "dark" : "light";
}

function setOnce(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// A new question, and then its answer, begin at the top of the conversation.
let shown = "";
function follow() {
  const messages = document.querySelectorAll("#qa-conversation .message-row");
  const reading = document.querySelector("#qa-conversation .qa-reading") !== null;
  const state = `${messages.length} ${reading}`;
  if (state === shown) return;
  shown = state;
  const questions = document.querySelectorAll("#qa-conversation .user-row");
  questions[questions.length - 1]?.scrollIntoView({ block: "start" });
}

// Once the page is there: the keyboard goes into the box, and a link with ?q= asks directly.
let started = false;
function start() {
  if (started || !box()) return;
  started = true;
  if (matchMedia("(hover: hover)").matches) box().focus(); // on a phone the keyboard would jump up
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    box().value = asked;
    box().dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector("#qa-send").click(), 50); // once Gradio has taken it over
  }
}

let planned = false;
function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    if (!document.querySelector(".gradio-container")) return;
    start();
    mend();
    follow();
  });
}
new MutationObserver(plan).observe(document.body, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "class", "dir", "role"],
});
