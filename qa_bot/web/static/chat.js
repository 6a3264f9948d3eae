// The chat page: puts its parts together and follows what Gradio does to the page.

import { announce, box, button, fill, language, make, root, say, setOnce } from "./chat/dom.js";
import * as conversation from "./chat/conversation.js";
import * as answers from "./chat/answers.js";
import * as drawer from "./chat/drawer.js";
import * as filters from "./chat/filters.js";
import * as source from "./chat/source-panel.js";
import * as store from "./chat/store.js";
import * as top from "./chat/top.js";

const asked = new URLSearchParams(location.search);
const examples = make("div", { id: "qa-examples", role: "group", "aria-label": say("examples"), hidden: true });
const goToAnswer = button({ class: "qa-go" }, say("go_to_answer"), toLastAnswer);
const LONGEST = 20_000; // characters
let id = store.openId() || store.newId();

/** Asks what stands in the box. */
function askBox() {
  if (conversation.busy()) return;
  const question = box().value.slice(0, LONGEST); // far beyond what is read; the server says so
  conversation.ask(question || " ", { filters: filters.current() });
  fill(box(), "");
}

/** Begins a new conversation. */
function begin() {
  filters.set({});
  open(store.newId(), []);
  box().focus();
}

function openKept(kept) {
  const one = store.get(kept);
  if (one) open(one.id, one.turns);
}

function open(next, turns) {
  conversation.drop();
  id = next;
  store.setOpenId(id);
  conversation.show(turns);
  drawer.draw();
}

conversation.onChange((turns, what) => {
  if (turns.length && (what === "asked" || what === "voted")) {
    store.setOpenId(id);
    store.keep(id, turns);
  }
  // A conversation that comes back goes on under the filters it had.
  if (turns.length && what === "shown") filters.take(turns[turns.length - 1].filters ?? {});
  if (what !== "failed") drawer.draw();
  examples.hidden = turns.length > 0 || !examples.childElementCount || document.querySelector("#qa-conversation .qa-question") !== null;
  goToAnswer.hidden = turns.length === 0;
  top.showExport(turns.length > 0);
});

function toLastAnswer() {
  const all = document.querySelectorAll("#qa-conversation .qa-answer");
  const last = all[all.length - 1]?.closest("[role=group]") ?? all[all.length - 1];
  if (!last) return;
  last.tabIndex = -1;
  last.focus();
  last.scrollIntoView({ block: "nearest" });
}

/** The parts of the page that are ours, once Gradio has made its own. */
function build() {
  const row = document.querySelector("#qa-ask");
  row.before(examples);
  row.after(filters.bar());
  row.append(goToAnswer);
  goToAnswer.hidden = true;
  top.fillTop(document.querySelector("#qa-top"), begin);
  drawer.start(top.toggle, { open: openKept, begin });
  document.querySelector("#qa-stop").addEventListener("click", () => {
    if (conversation.busy()) conversation.stop();
    box().focus();
  });
  document.body.prepend(make("a", { class: "qa-skip", href: "#qa-box" }, say("to_box")));
  document.querySelector(".qa-skip").addEventListener("click", (event) => {
    event.preventDefault();
    box().focus();
  });
  const hiddenField = document.querySelector("#qa-request textarea");
  hiddenField.tabIndex = -1;
  hiddenField.setAttribute("aria-hidden", "true");
  box().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      event.stopImmediatePropagation();
      askBox();
    } else if (event.key === "ArrowUp" && !box().value) {
      toLastAnswer();
    }
  }, true);
  document.querySelector("#qa-send").addEventListener("click", askBox);
  filters.set(Object.fromEntries(["speaker", "event", "document", "date_from", "date_to"].map((name) => [name, asked.get(name) ?? ""])));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!source.panel.hidden) source.close();
  else if (document.activeElement?.closest?.("#qa-conversation")) box().focus();
});

/** What the server says about this person and these speeches. */
async function learn() {
  try {
    const start = await (await fetch(new URL("chat/start", root))).json();
    store.setOwner(start.name, start.signs_out);
    filters.setDocuments(start.documents);
    top.showPerson(document.querySelector("#qa-top"), start.name);
    document.body.classList.toggle("qa-no-feedback", !start.feedback);
    drawer.setKept(start);
    if (start.english_only && language !== "en") {
      document.querySelector("#qa-filterbar").append(make("p", { class: "qa-english" }, say("english_only")));
    }
  } catch {
    announce(say("failed"));
  }
}

/** Questions to begin with. A server that has just started still looks for them. */
async function suggest(again = [2, 5, 10, 20]) {
  const reply = await fetch(new URL("api/v1/suggestions?count=4", root)).catch(() => null);
  if (!reply?.ok) return;
  const { questions } = await reply.json();
  if (!questions.length && again.length) setTimeout(() => suggest(again.slice(1)), again[0] * 1000);
  examples.replaceChildren(...questions.map((text) =>
    button({ class: "qa-example", dir: "auto" }, text, () => {
      conversation.ask(text, { filters: filters.current() });
      examples.hidden = true;
      box().focus();
    })));
  examples.hidden = !questions.length || conversation.turns.length > 0 || conversation.busy();
}

/** A link with ?q= asks at once; else what this tab showed before comes back. */
function restore() {
  const question = asked.get("q");
  if (question) {
    const rest = new URL(location.href);
    for (const name of ["q", "speaker", "event", "document", "date_from", "date_to"]) rest.searchParams.delete(name);
    history.replaceState(history.state, "", rest); // a reload shows the answer and doesn't ask again
    id = store.newId();
    conversation.ask(question, { filters: filters.current() });
    return;
  }
  const kept = store.get(id);
  if (kept) conversation.show(kept.turns);
}

// Gradio names each message by its raw HTML, calls the greeting complementary, and its box doesn't
// follow the writing direction. We announce answers ourselves, so its log is quiet.
const names = { user: say("question"), bot: say("answer") };
function mend() {
  for (const [kind, name] of Object.entries(names)) {
    for (const message of document.querySelectorAll(`#qa-conversation [data-testid="${kind}"]`)) {
      setOnce(message, "aria-label", name);
      setOnce(message, "role", "group");
    }
  }
  for (const log of document.querySelectorAll("#qa-conversation [role=log]")) {
    setOnce(log, "aria-label", say("conversation"));
    setOnce(log, "aria-live", "off");
  }
  document.querySelector("#qa-conversation .placeholder-content")?.removeAttribute("role");
  if (box()) setOnce(box(), "dir", "auto");
  setOnce(document.documentElement, "lang", language); // Gradio sets what the browser prefers
  document.documentElement.dataset.theme = document.body.classList.contains("dark") ? "dark" : "light";
  answers.mend();
}

// A new question, and then its answer, begin at the top of the conversation.
let shown = "";
function follow() {
  const messages = document.querySelectorAll("#qa-conversation .message-row");
  const reading = document.querySelector("#qa-conversation .qa-reading") !== null;
  const state = `${messages.length} ${reading}`;
  if (state === shown) return;
  shown = state;
  if (messages.length) examples.hidden = true;
  const questions = document.querySelectorAll("#qa-conversation .user-row");
  questions[questions.length - 1]?.scrollIntoView({ block: "start" });
}

let started = false;
async function start() {
  const parts = ["#qa-box textarea", "#qa-send", "#qa-request textarea", "#qa-top", "#qa-conversation"];
  if (started || !parts.every((part) => document.querySelector(part))) return;
  started = true;
  build();
  if (matchMedia("(hover: hover)").matches) box().focus(); // on a phone the keyboard would jump up
  await learn();
  drawer.draw();
  restore();
  await suggest();
}

let planned = false;
function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    if (!document.querySelector(".gradio-container")) return;
    start();
    conversation.look();
    mend();
    follow();
  });
}
plan();
new MutationObserver(plan).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
new MutationObserver(plan).observe(document.body, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "class", "dir", "role"],
});
