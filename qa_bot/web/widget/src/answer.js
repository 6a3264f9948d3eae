// An answer as elements: quotations with their sources, or that there are none.

import { pageLink, sourceLink, webAddress } from "./address.js";
import { attributed, credit, moment, niceDate, pieces, shared, sureness } from "./credit.js";
import { copyText, fill, icon, iconButton, make } from "./dom.js";
import { cut } from "./memory.js";

const OPEN = 3; // sentences of evidence that stand open
const SHOWN_PASSAGE = 320;
const MAX_OTHERS = 10;
const MAX_NEXT = 4;

/**
 * @typedef {Object} View what an answer needs of the chat around it
 * @property {string} base the bot's address
 * @property {Object<string, string>} words
 * @property {string} language
 * @property {ShadowRoot} shadow
 * @property {function(string): void} say reads a text to screen readers
 * @property {function(string, Object=): void} ask
 * @property {function(string): void} correct puts a question into the box to be changed
 * @property {function(Object, string): Promise<boolean>} rate
 */

/** All of one answer. @param {View} view @param {Object} turn with question, answer, ignore */
export function renderAnswer(view, turn) {
  const answer = turn.answer;
  const { words } = view;
  const parts = [understood(view, answer), chips(view, turn), ...dates(view, answer)];
  const facts = answer.facts || [];
  if (facts.length) parts.push(catalogue(view, facts));
  const nearest = answer.closest || [];
  if (answer.found) parts.push(...quotations(view, answer));
  if (answer.found && answer.more) parts.push(make("p", { class: "hint" }, counted(words.further, answer.more)));
  if (answer.note) parts.push(make("p", { class: "note" }, noteOf(words, answer.note)));
  if (!answer.found && nearest.length) {
    parts.push(make("h3", { class: "over nearest" }, words.closest), ...figures(view, nearest, counter()));
  }
  if (!answer.found && !answer.note) {
    if (!nearest.length) {
      parts.push(
        make("p", { class: "none" }, words.not_found),
        make("p", { class: "hint" }, words.not_found_hint),
      );
    }
    const passages = answer.passages.slice(0, MAX_OTHERS);
    if (passages.length) parts.push(folded(words.nearest, passages.map((hit) => passage(view, hit))));
  } else if (answer.alternatives.length && /^(exact|catalogue)$/.test(kindOf(answer))) {
    const others = shared(answer.alternatives.slice(0, MAX_OTHERS));
    parts.push(folded(counted(words.others, others.length), others.map((same) => other(view, same))));
  }
  parts.push(thumbs(view, turn), next(view, answer));
  return parts.filter(Boolean);
}

/** The answer in one breath, for screen readers. */
export function spoken(view, answer) {
  const { words } = view;
  if (answer.note) return noteOf(words, answer.note);
  const nearest = answer.closest || [];
  if (!answer.found && !nearest.length) return words.not_found;
  const said = shared(answer.found ? answer.citations : nearest).map(([one]) =>
    `“${one.sentence || one.quote}” ${credit(one, words, view.language)}`);
  const known = (answer.facts || []).map((fact) => fact.value);
  const before = answer.found ? words.answer + words.colon : words.closest;
  return `${before} ${[...known, ...said].join(". ")}`;
}

/** A server of before these kinds names none. */
function kindOf(answer) {
  return answer.kind || "exact";
}

function noteOf(words, about) {
  return words["note_" + about] || words.not_found;
}

function counted(forms, count) {
  return fill(count === 1 ? forms.one : forms.other, { count });
}

/** Numbers quotations as they come. */
function counter() {
  let number = 0;
  return () => { number += 1; return number; };
}

/** What the answer quotes, under its headings. */
function quotations(view, answer) {
  const kind = kindOf(answer);
  const numbers = counter();
  const made = groupsOf(answer).map(({ label, citations }) => ({
    label, items: figures(view, citations, numbers, kind === "exact"),
  }));
  if (kind === "comparison") {
    return [make("div", { class: "sides" }, ...made.map((side) =>
      make("section", { class: "side" }, ...under(side.label, side.items))))];
  }
  const parts = answer.at_least ? [make("p", { class: "over" }, view.words.at_least)] : [];
  const rest = [];
  let room = kind === "evidence" ? OPEN : Infinity;
  for (const { label, items } of made) {
    parts.push(...under(label, items.slice(0, room)));
    rest.push(...under(label, items.slice(room)));
    room = Math.max(0, room - items.length);
  }
  const count = rest.filter((one) => one.localName === "figure").length;
  if (count) {
    parts.push(make("details", { class: "rest" },
      make("summary", {}, counted(view.words.folded, count)), ...rest));
  }
  return parts;
}

/** The groups of an answer with their citations; those in no group come last. */
function groupsOf(answer) {
  const grouped = new Set();
  const found = (answer.groups || []).map(({ label, citations }) => {
    citations.forEach((place) => grouped.add(place));
    return { label, citations: citations.map((place) => answer.citations[place]).filter(Boolean) };
  });
  const citations = answer.citations.filter((one, place) => !grouped.has(place));
  return [...found, { label: "", citations }].filter((group) => group.citations.length);
}

function under(label, items) {
  return label && items.length ? [make("h3", { class: "group", dir: "auto" }, label), ...items] : items;
}

function figures(view, citations, numbers, certain) {
  return shared(citations).map((same) => quotation(view, same, numbers, certain));
}

/** Links to the words in the speech and, if a recording is known, to the moment when they are said. */
function place(view, one, more) {
  const played = moment(one.time) && webAddress(one.media_link);
  const source = link(view, credit(one, view.words, view.language, !played),
    sourceLink(view.base, one.document.id, one.start, one.end), more);
  if (!played) return [source];
  const title = view.words.play;
  return [source, " ", link(view, moment(one.time), played, { title, "aria-label": `${moment(one.time)} ${title}` })];
}

function link(view, shown, href, more) {
  const attributes = { class: "credit", href, target: "_blank", rel: "noopener", dir: "auto" };
  return make("a", Object.assign(attributes, more), shown);
}

function quotation(view, same, numbers, certain) {
  const { words } = view;
  const [first, ...others] = same;
  const href = sourceLink(view.base, first.document.id, first.start, first.end);
  const copy = make("button", { type: "button", class: "quiet" }, words.copy);
  copy.addEventListener("click", async () => {
    const text = attributed(first, href, words, view.language);
    const done = await copyText(text, view.shadow);
    view.say(done ? words.copied : words.copy_failed);
    copy.textContent = done ? words.copied : words.copy_failed;
    setTimeout(() => { copy.textContent = words.copy; }, 2500);
  });
  const number = numbers();
  return make("figure", { class: "quote", part: "quotation" },
    blockquote(same),
    make("figcaption", {},
      ...place(view, first, { title: fill(words.source, { number }) }),
      make("span", { class: "about" },
        pageOf(view, first),
        ...others.map((one) => {
          const at = numbers();
          const title = fill(words.source, { number: at });
          return link(view, String(at), sourceLink(view.base, one.document.id, one.start, one.end),
            { title, "aria-label": title });
        }),
        certain && sure(view, same), copy)),
    ...same.map((one) => also(view, one, false)),
    ...same.map((one) => also(view, one, true)));
}

/** The whole sentence with its marks. */
function blockquote(same) {
  const inner = pieces(same).map(([text, marked]) => (marked ? make("mark", {}, text) : text));
  return make("blockquote", { dir: "auto", lang: same[0].document.language || null }, ...inner);
}

/** The page of the original file with the words marked; a server of before this names none. */
function pageOf(view, citation) {
  if (!citation.page_url) return null;
  return link(view, view.words.original_page, pageLink(view.base, citation.document.id, citation.start, citation.end));
}

function sure(view, same) {
  const confidence = Math.min(...same.map((one) => one.confidence));
  const percent = fill(view.words.confidence, { percent: Math.round(100 * confidence) });
  return make("span", { class: "sure", title: percent },
    sureness(confidence, view.words),
    make("span", { class: "hidden" }, ` (${percent})`));
}

/** Where else it is said, word for word or nearly so. */
function also(view, citation, nearly) {
  const places = (citation.also || []).filter((one) => Boolean(one.nearly) === nearly).slice(0, MAX_OTHERS);
  if (!places.length) return null;
  const items = places.map((one) => make("li", {}, ...place(view, one)));
  return make("div", { class: "also" }, make("p", {}, nearly ? view.words.nearly : view.words.also), make("ul", {}, ...items));
}

function other(view, same) {
  return make("li", { class: "other" },
    blockquote(same),
    make("p", { class: "small" }, ...place(view, same[0]), " ", sure(view, same)));
}

function passage(view, hit) {
  return make("li", {},
    make("p", { class: "passage", dir: "auto" }, cut(hit.text, SHOWN_PASSAGE)),
    make("p", { class: "small" }, ...place(view, hit)));
}

function folded(title, items) {
  return make("details", {}, make("summary", {}, title), make("ol", {}, ...items));
}

function catalogue(view, facts) {
  const rows = facts.slice(0, 20).map((fact) => make("li", {},
    make("p", { class: "fact", dir: "auto" },
      fact.field === "date" ? niceDate(fact.value, view.language) : fact.value),
    make("p", { class: "small" }, `${view.words["field_" + fact.field] || fact.field} · `,
      ...place(view, fact))));
  return make("div", { class: "facts", part: "catalogue" },
    make("p", { class: "over" }, view.words.catalogue), make("ul", {}, ...rows));
}

function understood(view, answer) {
  if (!answer.understood || answer.understood === answer.question) return null;
  return make("p", { class: "understood" }, view.words.understood + view.words.colon + " ",
    make("bdi", { dir: "auto" }, answer.understood), " ",
    make("button", { type: "button", class: "quiet", onclick: () => view.correct(answer.understood) },
      view.words.correct));
}

/** The restrictions of the answer. Those that words of the question set can be taken away. */
function chips(view, turn) {
  const { words } = view;
  const given = turn.answer.chips || [];
  if (!given.length) return null;
  const items = given.map((chip) => {
    const date = chip.field === "date_from" || chip.field === "date_to";
    const value = date ? niceDate(chip.value, view.language) : chip.value;
    const text = `${words["field_" + chip.field] || chip.field}${words.colon} ${value}`;
    if (!chip.words) return make("li", { class: "chip", dir: "auto" }, text);
    const ignore = [...(turn.ignore || []), chip.key];
    const label = fill(words.unlimit, { value });
    const again = () => view.ask(turn.question, { ignore });
    return make("li", { class: "chip removable", dir: "auto" }, text,
      iconButton("close", label, again, { class: "remove" }));
  });
  return make("ul", { class: "chips", "aria-label": words.limited }, ...items);
}

/** Times in the question that no speech has, or that the answer does not keep to. */
function dates(view, answer) {
  const { words } = view;
  const times = new Map();
  const given = [...(answer.chips || []).filter((chip) => chip.empty), ...(answer.set_aside || [])];
  for (const chip of given) {
    if (!/^date_/.test(chip.field)) continue;
    const time = times.get(chip.words) || { empty: chip.empty };
    time[chip.field] = niceDate(chip.value, view.language);
    times.set(chip.words, time);
  }
  return [...times.values()].map((time) => {
    const { date_from: from, date_to: to } = time;
    const shown = from && to ? (from === to ? from : `${from} – ${to}`)
      : from ? `${words.field_date_from} ${from}` : `${words.field_date_to} ${to}`;
    const said = time.empty ? words.no_speech_dated : words.looked_beyond;
    return make("p", { class: "hint", dir: "auto" }, fill(said, { date: shown }));
  });
}

function thumbs(view, turn) {
  const { words } = view;
  const said = make("span", { class: "said" });
  const buttons = ["up", "down"].map((kind) => iconButton(kind, words[kind], async () => {
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.kind === kind));
    const kept = await view.rate(turn, kind);
    const text = kept ? (kind === "up" ? words.thanks : words.thanks_down) : words.unkept;
    said.textContent = text;
    view.say(text);
  }, { "aria-pressed": String(turn.rating === kind), "data-kind": kind }));
  return make("div", { class: "thumbs" }, ...buttons, said);
}

function next(view, answer) {
  const questions = (answer.next || []).slice(0, MAX_NEXT);
  if (!questions.length) return null;
  return make("div", { class: "next" },
    make("p", { class: "over" }, view.words.next), questionList(view, questions));
}

/** Questions that a click asks. */
export function questionList(view, questions, label) {
  return make("ul", { class: "questions", "aria-label": label }, ...questions.map((question) =>
    make("li", {}, make("button", { type: "button", dir: "auto", onclick: () => view.ask(question) },
      question))));
}

/** What stands where an answer would, when there is none. */
export function renderProblem(view, problem, chat, again) {
  const { words } = view;
  const texts = {
    away: words.away, busy: words.busy_end, denied: words.denied, stopped: words.stopped,
    refused: problem.message, failed: problem.status ? problem.message : words.failed,
  };
  const parts = [make("p", { class: "none", dir: "auto" }, texts[problem.kind])];
  const explained = problem.kind === "refused" || problem.kind === "failed";
  if (explained && problem.hint) parts.push(make("p", { class: "hint", dir: "auto" }, problem.hint));
  const actions = make("p", { class: "actions" });
  if (problem.kind === "away" || problem.kind === "denied" || problem.kind === "failed") {
    const name = problem.kind === "denied" ? words.denied_link : words.away_link;
    actions.append(make("a", { class: "button", href: chat, target: "_blank", rel: "noopener" },
      name, icon("out")));
  }
  if (problem.kind !== "refused") {
    actions.append(make("button", { type: "button", class: "quiet", onclick: again }, words.retry));
  }
  if (actions.childNodes.length) parts.push(actions);
  return parts;
}
