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

/** Speaker · title or event · date · page: what is known of them. */
export function credit(document, page, words, language) {
  const known = [document.speaker, document.title || document.event, niceDate(document.date, language)];
  if (Number.isInteger(page)) known.push(fill(words.page, { page }));
  return known.filter(Boolean).join(" · ") || words.untitled;
}

/** The confidence as a word. */
export function sureness(confidence, words) {
  if (confidence >= 0.7) return words.sure;
  return confidence >= 0.4 ? words.likely : words.unsure;
}

/**
 * The sentence around a quotation in three parts, cut to what stands near the quoted words, which
 * are above it in full; null when the quotation is the sentence. Offsets count characters, as the
 * server does, not UTF-16 units.
 */
export function context(citation, reach) {
  const sentence = Array.from(citation.sentence || "");
  const start = citation.start - citation.sentence_start;
  const end = start + Array.from(citation.quote || "").length;
  const inside = start >= 0 && end <= sentence.length && end > start;
  if (!inside || end - start > 0.9 * sentence.length) return null;
  const before = sentence.slice(0, start).join("");
  const after = sentence.slice(end).join("");
  return [
    before.length > reach ? "… " + before.slice(-reach).replace(/^\S*\s/, "") : before,
    shortened(sentence.slice(start, end).join(""), reach),
    after.length > reach ? after.slice(0, reach).replace(/\s\S*$/, "") + " …" : after,
  ];
}

/** Beginning and end of a text of more than `length` characters. */
function shortened(text, length) {
  if (text.length <= length) return text;
  const end = text.slice(-length / 3).replace(/^\S*\s/, "");
  return `${text.slice(0, length / 3).replace(/\s\S*$/, "")} […] ${end}`;
}

/** A quotation with its attribution and address, for pasting. */
export function attributed(citation, link, words, language) {
  return `“${citation.quote}”\n— ${credit(citation.document, citation.page, words, language)}\n${link}`;
}
