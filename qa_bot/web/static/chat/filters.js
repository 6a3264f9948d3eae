// Which speeches may answer: a panel of controls, and a chip for each one in force.

import { announce, button, disclosure, hidden, language, make, say } from "./dom.js";

const FIELDS = ["speaker", "event", "document"];
const DATES = ["date_from", "date_to"];
const A_DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

let documents = [];
let chosen = {}; // field → value
const controls = {};
let chips, tally, listener = () => {};

/** The bar below the box: a button for the panel, the chips, and how many speeches are left. */
export function bar() {
  const opener = button({ class: "qa-filter-open", "aria-controls": "qa-filters" }, say("filter"), () => {});
  chips = make("span", { class: "qa-filter-chips" });
  tally = make("span", { class: "qa-filter-tally" });
  const panel = make("div", { id: "qa-filters", role: "group", "aria-label": say("filters") });
  const form = make("div", { class: "qa-filter-grid" });
  for (const field of FIELDS) form.append(choice(field));
  for (const field of DATES) form.append(date(field));
  const close = disclosure(opener, panel);
  panel.append(
    make("p", { class: "qa-filter-title" }, say("filters")), form,
    make("p", { class: "qa-filter-foot" },
      button({ class: "qa-quiet" }, say("clear_filters"), () => set({})),
      button({ class: "qa-small-button" }, say("done"), () => close(false, true))),
  );
  return make("div", { id: "qa-filterbar" }, panel, opener, chips, tally);
}

function choice(field) {
  const select = make("select", {});
  select.addEventListener("change", () => change(field, select.value));
  controls[field] = select;
  return make("label", { class: `qa-field qa-field-${field}` }, make("span", {}, say(field)), select);
}

function date(field) {
  const problem = make("span", { class: "qa-wrong", id: `qa-wrong-${field}`, role: "alert" });
  const input = make("input", { type: "text", inputmode: "numeric", maxlength: "10", list: "qa-years", placeholder: say("date_hint").split(/,| /)[0], title: say("date_hint"), autocomplete: "off", "aria-describedby": problem.id });
  input.addEventListener("change", () => {
    const value = input.value.trim();
    const good = value === "" || A_DATE.test(value);
    problem.textContent = good ? "" : say("date_wrong");
    input.setAttribute("aria-invalid", String(!good));
    change(field, good ? value : "", good);
  });
  controls[field] = input;
  return make("label", { class: "qa-field" }, make("span", {}, say(field)), input, problem);
}

/** The speeches that a person may filter by. */
export function setDocuments(known) {
  documents = known;
  for (const field of ["speaker", "event"]) {
    const values = [...new Set(known.flatMap((one) => valuesOf(one, field)))];
    options(field, values.sort((a, b) => a.localeCompare(b, language)).map((value) => [value, value]));
  }
  options("document", known.map((one) => [one.id, titleOf(one)]));
  const years = [...new Set(known.map((one) => one.date.slice(0, 4)).filter(Boolean))].sort();
  const list = make("datalist", { id: "qa-years" }, ...years.map((year) => make("option", { value: year })));
  document.getElementById("qa-years")?.remove();
  document.body.append(list);
  draw();
}

function options(field, pairs) {
  controls[field].replaceChildren(
    make("option", { value: "" }, say("all")),
    ...pairs.map(([value, label]) => make("option", { value }, label)),
  );
  controls[field].value = chosen[field] ?? "";
}

/** What a speech can be found by: all who speak in it; its event. */
const valuesOf = (one, field) => (field === "speaker" ? one.speakers : [one[field]].filter(Boolean));

const titleOf = (one) => [one.title || one.event || one.id, one.speaker, one.date].filter(Boolean).join(" · ");

export function onChange(called) {
  listener = called;
}

/** The filters as the server takes them. */
export function current() {
  const { document: id, ...rest } = chosen;
  return id ? { ...rest, documents: [id] } : { ...rest };
}

/** The same the other way round: what a turn was asked with. */
export function take(filters) {
  const { documents: ids = [], ...rest } = filters;
  set(ids.length === 1 ? { ...rest, document: ids[0] } : rest);
}

/** Takes one restriction away. */
export function drop(field) {
  change(field, "");
}

/** Sets all filters at once; unknown fields and speeches are left out. */
export function set(values) {
  chosen = {};
  for (const field of [...FIELDS, ...DATES]) {
    const value = values[field];
    const known = DATES.includes(field) ? A_DATE.test(value ?? "") : Boolean(value);
    if (known) chosen[field] = value;
  }
  draw();
  listener(chosen);
}

function change(field, value, redraw = true) {
  if (value) chosen[field] = value;
  else delete chosen[field];
  if (redraw) draw();
  listener(chosen);
}

function label(field) {
  if (field !== "document") return chosen[field];
  const known = documents.find((one) => one.id === chosen.document);
  return known ? known.title || known.id : chosen.document;
}

function draw() {
  for (const [field, control] of Object.entries(controls)) {
    if (control.value !== (chosen[field] ?? "")) control.value = chosen[field] ?? "";
    if (control.tagName === "SELECT" && chosen[field] && control.value !== chosen[field]) {
      control.append(make("option", { value: chosen[field] }, chosen[field])); // part of a name, from a link
      control.value = chosen[field];
    }
  }
  chips.replaceChildren(...[...FIELDS, ...DATES].filter((field) => field in chosen).map(chip));
  const left = documents.filter(allows).length;
  const any = Object.keys(chosen).length > 0;
  tally.textContent = any && documents.length ? say("speech_count_of", { shown: left, count: documents.length }) : "";
  if (any) announce(tally.textContent);
}

function chip(field) {
  const what = `${say(field)}: ${label(field)}`;
  const element = button({ class: "qa-chip" }, make("bdi", {}, label(field)), () => {
    drop(field);
    (chips.querySelector("button") ?? document.querySelector(".qa-filter-open")).focus();
  });
  element.prepend(hidden(say("remove", { what })));
  element.querySelector("bdi").setAttribute("aria-hidden", "true");
  element.title = say("remove", { what });
  element.append(make("span", { class: "qa-cross" }));
  return element;
}

/** As the server filters: parts of names, dates compared as far as the bound is written. */
function allows(one) {
  for (const field of ["speaker", "event"]) {
    const wanted = (chosen[field] ?? "").toLowerCase();
    if (wanted && !valuesOf(one, field).some((value) => value.toLowerCase().includes(wanted))) return false;
  }
  if (chosen.document && chosen.document !== one.id) return false;
  const { date_from: from, date_to: to } = chosen;
  if (from && one.date.slice(0, from.length) < from) return false;
  return !to || (one.date !== "" && one.date.slice(0, to.length) <= to);
}
