// What can be done with an answer: copy, correct, take a restriction away, say whether it helped.

import { announce, box, button, copyText, make, root, say, setOnce, toast } from "./dom.js";
import { answers, ask, askAgain, turnOf, turns, vote } from "./conversation.js";
import * as filters from "./filters.js";

const REASONS = ["wrong", "missing", "cut", "other"];
const LONGEST_REASON = 1000;
const LONGEST_NAME = 150; // characters of a quotation that name it

const actions = {
  "qa-copy": copyQuotation,
  "qa-share": share,
  "qa-edit": correct,
  "qa-chip": lift,
  "qa-again": (element) => askAgain(turnOf(element)),
  "qa-suggest": (element) => ask(element.textContent, { filters: filters.current() }) && box().focus(),
  "qa-up": thumbUp,
  "qa-down": thumbDown,
};

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("#qa-conversation button");
  if (!pressed) return;
  for (const [name, act] of Object.entries(actions)) {
    if (pressed.classList.contains(name)) act(pressed);
  }
}, true);

async function copyQuotation(pressed) {
  const figure = pressed.closest(".qa-quote");
  const credit = figure.querySelector("a.qa-credit");
  const text = `“${figure.querySelector(".qa-words").textContent}”\n— ${credit.title || credit.textContent}\n${credit.href}`;
  const done = await copyText(text);
  const before = pressed.textContent;
  pressed.textContent = say(done ? "copied" : "could_not_copy");
  announce(pressed.textContent);
  setTimeout(() => (pressed.textContent = before), 1600);
}

/** A link that asks the same question under the same restrictions. */
async function share(pressed) {
  const turn = turns[turnOf(pressed)];
  const { documents = [], ...rest } = turn.filters ?? {};
  const query = new URLSearchParams({ q: turn.understood || turn.question, ...rest });
  if (documents.length === 1) query.set("document", documents[0]);
  const done = await copyText(new URL(`./?${query}`, root).href);
  toast(say(done ? "link_copied" : "could_not_copy"));
}

/** Asks again without one restriction: a control is cleared, words of the question are ignored. */
function lift(pressed) {
  const at = turnOf(pressed);
  const place = [...pressed.parentElement.querySelectorAll(".qa-chip")].indexOf(pressed);
  const chip = turns[at].chips[place];
  if (chip.words) {
    askAgain(at, { ignore: [...(turns[at].ignore ?? []), `${chip.field}:${chip.value}`] });
  } else {
    const { documents = [], ...rest } = turns[at].filters ?? {};
    if (chip.field === "document") {
      const left = documents.filter((id) => id !== chip.value);
      if (left.length) rest.documents = left;
    } else {
      delete rest[chip.field];
      if (documents.length) rest.documents = documents;
    }
    filters.drop(chip.field);
    askAgain(at, { filters: rest });
  }
  box().focus();
}

/** Lets the person say what the question means. */
function correct(pressed) {
  const line = pressed.closest(".qa-understood");
  const meant = line.querySelector(".qa-meant");
  const area = make("textarea", { rows: "2", dir: "auto", maxlength: "1000", "aria-label": say("corrected_question") });
  area.value = meant.textContent;
  const at = turnOf(pressed);
  const stop = () => {
    form.replaceWith(line);
    pressed.focus();
  };
  const submit = () => {
    const question = area.value.trim();
    if (!question) return area.focus();
    form.replaceWith(line); // Gradio takes away what it made
    askAgain(at, { question, rewrite: false });
    box().focus();
  };
  const form = make("div", { class: "qa-form qa-correct" }, area,
    make("p", { class: "qa-form-foot" },
      button({ class: "qa-small-button" }, say("ask_again"), submit),
      button({ class: "qa-quiet" }, say("cancel"), stop)));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      stop();
    } else if (event.key === "Enter" && !event.shiftKey && event.target === area) {
      event.preventDefault();
      submit();
    }
  });
  line.replaceWith(form);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

async function thumbUp(pressed) {
  const at = turnOf(pressed);
  if (turns[at].vote === "up") return;
  if (await tell(at, "up", "")) show(pressed, at, "up");
}

/** Asks what was wrong before anything is sent. */
function thumbDown(pressed) {
  const answer = pressed.closest(".qa-answer");
  const open = answer.querySelector(".qa-feedback");
  if (open) return open.remove();
  const at = turnOf(pressed);
  const name = `qa-reason-${at}`;
  const choices = REASONS.map((reason) =>
    make("label", {}, make("input", { type: "radio", name, value: reason }), make("span", {}, say(`reason_${reason}`))));
  const words = make("textarea", { rows: "2", dir: "auto", maxlength: String(LONGEST_REASON), "aria-label": say("reason_text"), placeholder: say("reason_text") });
  const stop = () => {
    form.remove();
    pressed.focus();
  };
  const submit = async () => {
    const picked = form.querySelector("input:checked")?.value;
    const reason = [picked, words.value.trim()].filter(Boolean).join(": ");
    if (!(await tell(at, "down", reason.slice(0, LONGEST_REASON)))) return;
    stop();
    show(pressed, at, "down");
  };
  const form = make("div", { class: "qa-form qa-feedback", role: "group", "aria-label": say("reason") },
    make("fieldset", {}, make("legend", {}, say("reason")), ...choices), words,
    make("p", { class: "qa-form-note" }, say("feedback_note")),
    make("p", { class: "qa-form-foot" },
      button({ class: "qa-small-button" }, say("send"), submit),
      button({ class: "qa-quiet" }, say("cancel"), stop)));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    stop();
  });
  pressed.closest(".qa-actions").after(form);
  form.querySelector("input").focus();
  form.scrollIntoView({ block: "nearest" });
}

async function tell(at, kind, reason) {
  const turn = turns[at];
  const said = (turned, place) => ({ question: turned.question, answer: wordsOf(place) });
  const history = turns.slice(Math.max(0, at - 5), at).map((earlier, place) => said(earlier, Math.max(0, at - 5) + place));
  try {
    const reply = await fetch(new URL("api/v1/feedback", root), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind, ...said(turn, at), history, reason }),
    });
    if (!reply.ok) throw new Error(reply.status);
  } catch {
    toast(say("feedback_failed"));
    return false;
  }
  toast(say("feedback_thanks"));
  return true;
}

/** What the answer with this number quotes. */
function wordsOf(place) {
  const answer = answers()[place];
  const quoted = answer?.querySelectorAll(".qa-quote .qa-words, .qa-fact .qa-value") ?? [];
  return [...quoted].map((element) => element.textContent).join(" … ").slice(0, 5000);
}

function show(pressed, at, kind) {
  const all = pressed.closest(".qa-actions");
  for (const name of ["up", "down"]) all.querySelector(`.qa-${name}`).classList.toggle("qa-on", name === kind);
  vote(at, kind);
}

/** What Gradio's sanitiser takes away from answers. */
export function mend() {
  for (const name of ["up", "down"]) {
    for (const thumb of document.querySelectorAll(`#qa-conversation .qa-${name}`)) {
      const pressed = String(thumb.classList.contains("qa-on"));
      if (thumb.getAttribute("aria-pressed") !== pressed) thumb.setAttribute("aria-pressed", pressed);
    }
  }
  for (const figure of document.querySelectorAll("#qa-conversation .qa-quote")) {
    setOnce(figure, "aria-label", figure.querySelector(".qa-words").textContent.slice(0, LONGEST_NAME));
  }
  const all = answers();
  const last = all[all.length - 1];
  for (const answer of all) answer.classList.toggle("qa-last", answer === last);
}

