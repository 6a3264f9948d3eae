// The source view: marks and shows the characters named in the address,
// /source/<id>#<start>-<end>[,<start>-<end>…], the first of which is the one to show; steps from one
// to the next; copies quotations and links. Offsets count characters (code points), as Python does,
// not UTF-16 units.

/** @typedef {{ start: number, end: number }} Span */

const MOST = 100; // spans of one address that are marked

const speech = document.getElementById("speech");
const tools = document.getElementById("tools");
const words = JSON.parse(tools?.dataset.words ?? "{}");

/** @type {Span[]} */
let cited = []; // in the order of the text
let current = 0; // which of them is shown
/** @type {Span | null} */
let selected = null; // words that the person has selected

/** The spans named by the address, or by the server; the one to show first. @returns {Span[]} */
function wanted() {
  const named = /^#\d+-\d+(,\d+-\d+)*$/.test(location.hash) ? location.hash.slice(1) : speech.dataset.cited;
  const length = lengthOf(speech.textContent);
  const spans = (named ?? "").split(",").slice(0, MOST).map((text) => {
    const [start, end] = text.split("-").map(Number);
    return { start, end: Math.min(end, length) };
  });
  return spans.filter(({ start, end }, at) => start < end && spans.findIndex((s) => s.start === start && s.end === end) === at);
}

/** UTF-16 position of the character with number `count` in `text`. */
function unitOf(text, count) {
  let unit = 0;
  while (count > 0 && unit < text.length) {
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    count -= 1;
  }
  return unit;
}

function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Takes the marks away again; the text is as it was. */
function unmark(root) {
  for (const mark of root.querySelectorAll("mark.cited")) mark.replaceWith(...mark.childNodes);
  root.normalize();
}

/**
 * Puts the spans of root's text into marks, at least one in each text node; where spans overlap, a
 * mark belongs to each of them.
 * @param {HTMLElement} root
 * @param {Span[]} spans
 */
function mark(root, spans) {
  const edges = [...new Set(spans.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const last = edges.at(-1) ?? 0;
  const pieces = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node && at < last; node = walker.nextNode()) {
    const length = lengthOf(node.data);
    const cuts = [at, ...edges.filter((edge) => at < edge && edge < at + length), at + length];
    for (let place = cuts.length - 2; place >= 0; place -= 1) { // from the end: places before stay
      const [from, to] = [cuts[place], cuts[place + 1]];
      const of = spans.flatMap((span, number) => (span.start <= from && to <= span.end ? [number] : []));
      if (of.length && from < to) pieces.push({ node, from: from - at, to: to - at, of });
    }
    at += length;
  }
  for (const { node, from, to, of } of pieces) {
    const rest = node.splitText(unitOf(node.data, from));
    rest.splitText(unitOf(rest.data, to - from));
    const element = document.createElement("mark");
    element.className = rest.parentElement === root ? "cited gap" : "cited";
    element.dataset.of = of.join(" ");
    rest.replaceWith(element);
    element.append(rest);
  }
}

/** Shows the cited words: marks them, and brings those that are current into view. */
function open() {
  const spans = wanted();
  cited = [...spans].sort((a, b) => a.start - b.start || a.end - b.end);
  current = Math.max(0, cited.indexOf(spans[0]));
  unmark(speech);
  mark(speech, cited);
  show();
}

function marks() {
  return [...speech.querySelectorAll("mark.cited")].filter((m) => m.dataset.of.split(" ").includes(String(current)));
}

function show() {
  for (const mark of speech.querySelectorAll("mark.current")) mark.classList.remove("current");
  const mine = marks();
  for (const mark of mine) mark.classList.add("current");
  refresh();
  document.dispatchEvent(new CustomEvent("qa-cited", { detail: cited[current] ?? null }));
  const first = mine.find((mark) => !mark.classList.contains("gap"));
  if (!first) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "center", behavior: calm ? "instant" : "auto" });
}

/** To the next (1) or previous (-1) quotation; the address follows, without a step back for each. */
function step(by) {
  current = (current + by + cited.length) % cited.length;
  const rest = cited.filter((_, number) => number !== current);
  history.replaceState(history.state, "", `#${[cited[current], ...rest].map(({ start, end }) => `${start}-${end}`).join(",")}`);
  show();
}

/** Page of the character at this offset, from 1; null without pages. */
function pageAt(offset) {
  const pages = speech.dataset.pages.split(" ").filter(Boolean).map(Number);
  return pages.length ? Math.max(1, pages.filter((start) => start <= offset).length) : null;
}

/** The words to copy: those selected, else those cited. @returns {Span | undefined} */
function chosen() {
  return selected ?? cited[current];
}

/** What a page is called, in words: what is printed on it, or its number. */
function pageNamed(page) {
  const names = speech.dataset.pageNames ? speech.dataset.pageNames.split("\t") : [];
  return page ? speech.dataset.page.replace("{page}", () => names[page - 1] || page) : "";
}

/** What the toolbar offers and says, and where the other links of the page lead. */
function refresh() {
  const span = chosen();
  const steps = tools.querySelector(".steps");
  steps.hidden = cited.length < 2;
  tools.querySelector(".copying").hidden = !span;
  const page = span && pageAt(span.start);
  const shown = pageNamed(page);
  let said = words.select_words;
  if (selected) said = words.selected;
  else if (cited.length) {
    said = words.quotation_of.replace("{number}", current + 1).replace("{count}", cited.length);
  }
  say([said, shown].filter(Boolean).join(" · "));
  const original = document.querySelector("#original a");
  if (original && page && original.dataset.paged) original.hash = `page=${page}`;
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
  document.querySelector(".address bdi").textContent = span ? addressOf(span) : location.origin + location.pathname;
}

/** Says it in the toolbar; a screen reader reads what is new. */
function say(text) {
  const status = tools.querySelector(".status");
  if (status.textContent !== text) status.textContent = text;
}

/** The address of these words, for everybody who may see the speech. */
function addressOf({ start, end }) {
  return `${location.origin}${location.pathname}#${start}-${end}`;
}

/** The span of the selection, without white space at its ends; null when it is elsewhere. */
function selection() {
  const range = getSelection()?.rangeCount ? getSelection().getRangeAt(0) : null;
  if (!range || range.collapsed || !speech.contains(range.commonAncestorContainer)) return null;
  const before = document.createRange();
  before.setStart(speech, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const text = range.toString();
  const trimmed = text.trim();
  if (!trimmed) return null;
  const start = lengthOf(before.toString()) + lengthOf(text.slice(0, text.indexOf(trimmed)));
  return { start, end: start + lengthOf(trimmed) };
}

/** Who says the words: of several speakers the one whose turn holds them all, else nobody. */
function speakerOf(span) {
  if (!speech.dataset.turns) return speech.dataset.speaker;
  const turn = JSON.parse(speech.dataset.turns).find(([start, end]) => start <= span.start && span.end <= end);
  return turn ? turn[2] : "";
}

/** When the words are said, like "[00:12:11]"; "" where that is not known. */
function timeOf(span) {
  const known = JSON.parse(speech.dataset.times ?? "[]").filter(([start]) => start <= span.start);
  return known.length ? known[known.length - 1][1] : "";
}

/** The words with who said them, where and when, and the link: as text and as HTML. */
function quotation(span) {
  const characters = [...speech.textContent];
  const quote = characters.slice(span.start, span.end).join("").replace(/\s+/g, " ").trim();
  const page = pageAt(span.start);
  const credit = [speakerOf(span), speech.dataset.credit, pageNamed(page), timeOf(span)].filter(Boolean).join(", ");
  const quoted = speech.dataset.quoted.replace("{text}", () => quote);
  const link = Object.assign(document.createElement("a"), { href: addressOf(span), textContent: credit || addressOf(span) });
  const words = Object.assign(document.createElement("p"), { textContent: quoted });
  const source = document.createElement("p");
  source.append("— ", link);
  return {
    text: [`${quoted} — ${credit}`.replace(/ — $/, ""), addressOf(span)].join(credit ? ", " : " "),
    html: words.outerHTML + source.outerHTML,
  };
}

/** Puts text (and HTML) on the clipboard, also where the page comes without https. */
async function toClipboard(text, html) {
  try {
    const kinds = { "text/plain": new Blob([text], { type: "text/plain" }) };
    if (html) kinds["text/html"] = new Blob([html], { type: "text/html" });
    await navigator.clipboard.write([new ClipboardItem(kinds)]);
    return true;
  } catch {
    let done = false;
    const put = (event) => {
      event.clipboardData.setData("text/plain", text);
      if (html) event.clipboardData.setData("text/html", html);
      event.preventDefault();
      done = true;
    };
    document.addEventListener("copy", put, { once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", put);
    return done;
  }
}

/** Copies, and says in the toolbar whether it worked. */
async function copy(button, { text, html }) {
  const done = await toClipboard(text, html);
  say(done ? words.copied : words.could_not_copy);
  button.classList.toggle("done", done);
  setTimeout(() => {
    button.classList.remove("done");
    refresh();
  }, 2000);
}

function start() {
  tools.hidden = false;
  tools.querySelector(".previous").addEventListener("click", () => step(-1));
  tools.querySelector(".next").addEventListener("click", () => step(1));
  const quoting = tools.querySelector(".copy-quotation");
  quoting.addEventListener("click", () => copy(quoting, quotation(chosen())));
  const linking = tools.querySelector(".copy-link");
  linking.addEventListener("click", () => copy(linking, { text: addressOf(chosen()) }));
  // A press on a button would take the selection away.
  tools.addEventListener("pointerdown", (event) => event.preventDefault());
  let planned = 0;
  document.addEventListener("selectionchange", () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(() => {
      selected = selection();
      refresh();
    });
  });
  addEventListener("hashchange", open);
  document.addEventListener("qa-step", (event) => cited.length > 1 && step(event.detail));
  open();
  backToTheQuestion();
}

/** Who comes from the chat goes back to the question there. */
function backToTheQuestion() {
  const [top, link] = [document.getElementById("to-chat"), tools.querySelector(".back")];
  const from = URL.parse?.(document.referrer);
  if (from?.origin !== location.origin || from.pathname !== new URL(link.href).pathname) return;
  top.textContent = words.to_question;
  link.title = words.to_question;
  link.setAttribute("aria-label", words.to_question);
  if (history.length < 2) return; // in a tab of its own there is nowhere to step back to
  const back = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.back();
  };
  top.addEventListener("click", back);
  link.addEventListener("click", back);
}

if (speech) start();
