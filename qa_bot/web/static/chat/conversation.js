// The conversation on the page: what has been asked, and how a question travels through Gradio.
//
// The server keeps nothing. Each request carries the turns so far; each answer in the page carries
// its own turn, as JSON in base64, and that is what the next request and the browser's store take.

import { announce, box, fill, make, say } from "./dom.js";

const TOO_LONG = 180_000; // ms without any sign before a question is given up
const AFTER_STOP = 300; // ms for Gradio to close what was stopped before it takes the next request
const MOST_BYTES = 75_000; // of one request, which Gradio sends twice; older turns are left out beyond it
export const MOST_TURNS = 50; // of one conversation, on the page and kept

/** @type {object[]} turns as the server sent them, oldest first */
export let turns = [];
let number = 0;
let stopped = 0; // when an answer was last dropped
let pending = null; // the request whose answer is awaited
const listeners = [];

/** Calls `listener(turns, what)` whenever the conversation has changed; `what` is "asked" or "shown". */
export function onChange(listener) {
  listeners.push(listener);
}

export const busy = () => pending !== null;

/** All answers that carry a turn, in the order of `turns`. */
export function answers() {
  return [...document.querySelectorAll("#qa-conversation .qa-answer")].filter((answer) => answer.querySelector(".qa-record"));
}

/** Which turn an element of an answer belongs to; -1 for none. */
export function turnOf(element) {
  return answers().indexOf(element.closest(".qa-answer"));
}

/**
 * Asks a question.
 * @param {string} question
 * @param {{filters?: object, ignore?: string[], rewrite?: boolean, instead?: number}} how
 *   `instead` is the turn that is asked anew: the last one is replaced, an earlier one asked again
 *   at the end, with what came before it as its context.
 */
export function ask(question, how = {}) {
  if (pending) return false;
  const { filters = {}, ignore = [], rewrite = true, instead = turns.length } = how;
  const kept = instead === turns.length - 1 ? turns.slice(0, -1) : turns;
  send({ question, turns: kept, before: Math.min(instead, kept.length), filters, ignore, rewrite }, "asked");
  return true;
}

/** Shows a conversation that was kept, in the words of today's speeches. */
export function show(kept) {
  send({ question: "", turns: kept }, "shown");
}

/** Waits no longer for an answer. Gradio takes it back from the server when its Stop is pressed. */
export function drop(press = true) {
  if (!pending) return "";
  const { question } = pending;
  clearTimeout(pending.timer);
  pending = null;
  document.body.classList.remove("qa-busy", "qa-asking");
  stopped = Date.now();
  if (press) document.querySelector("#qa-stop").click();
  return question;
}

/** Stop was pressed: the conversation is what it was, the question goes back into the box. */
export function stop() {
  const question = drop(false);
  show(turns);
  if (!box().value) fill(box(), question);
}

/** Asks turn `at` again, with some of how it was asked changed. */
export function askAgain(at, changes = {}) {
  const turn = turns[at];
  const question = changes.question ?? turn.question;
  return ask(question, {
    filters: turn.filters ?? {},
    ignore: turn.ignore ?? [],
    rewrite: turn.rewrite ?? true,
    instead: at,
    ...changes,
  });
}

/** Notes on the page what the person thought of an answer. */
export function vote(at, said) {
  turns[at] = { ...turns[at], vote: said };
  tell("voted");
}

function send(request, what) {
  number += 1;
  const whole = { ...request, number };
  let text = JSON.stringify(whole);
  const most = MOST_TURNS - (whole.question ? 1 : 0);
  while (whole.turns.length && (whole.turns.length > most || size(text) > MOST_BYTES)) {
    whole.turns = whole.turns.slice(1);
    if (whole.before) whole.before -= 1;
    text = JSON.stringify(whole);
  }
  pending = { number, what, question: request.question, timer: setTimeout(giveUp, TOO_LONG), before: new Set(troubles()) };
  document.body.classList.add("qa-busy");
  document.body.classList.toggle("qa-asking", what === "asked");
  const sent = number;
  setTimeout(() => {
    if (pending?.number === sent) fill(document.querySelector("#qa-request textarea"), text);
  }, Math.max(0, stopped + AFTER_STOP - Date.now()));
}

/** What Gradio shows when the server cannot be reached or takes no more questions. */
const troubles = () => [...document.querySelectorAll(".toast-body.error")];

const size = (text) => new TextEncoder().encode(text).length;

function finish() {
  clearTimeout(pending.timer);
  const { what, question } = pending;
  pending = null;
  document.body.classList.remove("qa-busy", "qa-asking");
  turns = answers().map((answer) => decode(answer.querySelector(".qa-record").textContent));
  if (what === "asked") afterAsking(question);
  tell(what);
}

function giveUp() {
  if (!pending) return;
  const { question } = pending;
  pending = null;
  document.body.classList.remove("qa-busy", "qa-asking");
  const problem = make("p", { class: "qa-lost-answer", role: "alert" }, say("failed"));
  document.querySelector("#qa-conversation .qa-reading")?.replaceWith(problem);
  announce(say("failed"));
  if (!box().value) fill(box(), question);
  tell("failed");
}

/** What failed goes back into the box, to be mended; what was answered is told. */
function afterAsking(question) {
  const rows = document.querySelectorAll("#qa-conversation .qa-answer");
  const last = rows[rows.length - 1];
  if (!last) return;
  if (last.classList.contains("qa-problem")) {
    if (!box().value) fill(box(), question);
    announce(last.textContent);
    return;
  }
  const none = last.querySelector(".qa-note, .qa-nearest");
  const count = last.querySelectorAll(".qa-quote a.qa-number").length;
  if (none) announce(none.textContent);
  else if (count) announce(say("answer_found", { count }));
  else announce(say(last.querySelector(".qa-fact") ? "answer_catalogue" : "answer_not_found"));
}

function tell(what) {
  for (const listener of listeners) listener(turns, what);
}

function decode(code) {
  const bytes = Uint8Array.from(atob(code), (sign) => sign.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Called when the page has changed: has the answer that is awaited arrived? */
export function look() {
  if (!pending) return;
  const [seen, state] = (document.querySelector("#qa-state")?.textContent ?? "").trim().split(" ");
  if (Number(seen) === pending.number && state === "done") finish();
  else if (troubles().some((trouble) => !pending.before.has(trouble))) giveUp();
}
