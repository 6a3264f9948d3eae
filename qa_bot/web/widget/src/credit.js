// Who said it, where and when, in words.

import { fill } from "./dom.js";

/** `2018-10-09` as a date in the reader's language; anything else as it is. */
export function niceDate(text, language) {
  const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text || "");
  if (!parts || !parts[2] || Number(parts[2]) > 12) return text || "";
  const shape = { year: "numeric", month: "long", timeZone: "UTC" };
  if (parts[3]) shape.day = "numeric";
  const date = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3] || 1)));
  const locale = language === "en" ? "en-GB" : language; // day before month, as the other pages
  return new Intl.DateTimeFormat(locale, shape).format(date).replace(/ /g, "\u00a0");
}

/** "[00:12:11]" of the second in a recording; "" where that is not known. */
export function moment(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  return `[${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}]`;
}

/** What the page of a citation is called; "" for files without pages. */
export function pageName(citation) {
  return citation.page_label || (Number.isInteger(citation.page) ? String(citation.page) : "");
}

/**
 * Speaker · title or event · date · page · time: what is known of them, and of whose turn it is.
 * @param {{document: Object}} one a citation, a passage or a fact
 */
export function credit(one, words, language, timed = true) {
  const { document, turn } = one;
  const page = pageName(one);
  const speaker = turn ? turn.speaker : document.speaker;
  const known = [speaker, document.title || document.event, niceDate(document.date, language)];
  if (page) known.push(fill(words.page, { page }));
  if (timed) known.push(moment(one.time));
  return known.filter(Boolean).join(" · ") || words.untitled;
}

/** The confidence as a word. */
export function sureness(confidence, words) {
  if (confidence >= 0.7) return words.sure;
  return confidence >= 0.4 ? words.likely : words.unsure;
}

/**
 * The sentence that citations share, cut where marks begin and end: [text, whether it is marked].
 * Marked are the decisive words, or where none are told the quotation, unless it is the sentence.
 * Offsets count characters, as the server does, not UTF-16 units.
 */
export function pieces(citations) {
  const base = citations[0].sentence_start;
  const sentence = Array.from(citations[0].sentence || citations[0].quote || "");
  const parts = [];
  let at = 0;
  const take = (end, marked) => {
    if (end <= at) return;
    const text = sentence.slice(at, end).join("");
    const last = parts[parts.length - 1];
    if (last && last[1] === marked) last[0] += text;
    else parts.push([text, marked]);
    at = end;
  };
  const marks = [].concat(...citations.map(marksOf)).map(([start, end]) => [start - base, end - base]);
  for (const [start, end] of marks.sort((one, other) => one[0] - other[0])) {
    const last = Math.min(end, sentence.length);
    if (!(last > Math.max(start, at))) continue;
    take(Math.max(start, at), false);
    take(last, true);
  }
  take(sentence.length, false);
  return parts;
}

function marksOf(citation) {
  if (citation.marks && citation.marks.length) return citation.marks;
  return bare(citation.quote) === bare(citation.sentence) ? [] : [[citation.start, citation.end]];
}

/** A text without the signs at its ends. */
function bare(text) {
  return (text || "").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/** Citations by the sentence they stand in, sentences in the order in which they come first. */
export function shared(citations) {
  const found = new Map();
  for (const one of citations) {
    const key = [one.document.id, one.sentence_start, one.sentence_end].join(" ");
    found.set(key, [...(found.get(key) || []), one]);
  }
  return [...found.values()].map((same) => same.sort((one, other) => one.start - other.start));
}

/** A sentence with its attribution and address, for pasting. */
export function attributed(citation, link, words, language) {
  return `“${citation.sentence || citation.quote}”\n— ${credit(citation, words, language)}\n${link}`;
}
