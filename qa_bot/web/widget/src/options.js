// What the page's author set: data- attributes of the element, else those of the script's line.

import { server } from "./address.js";
import WORDS from "./words.json";

/** Every option, as it is written after `data-`. The table in docs/embedding.md lists the same. */
export const OPTIONS = [
  "title", "label", "placeholder", "questions", "language", "theme", "accent", "position", "open",
  "speaker", "event", "place", "speech-language", "documents", "date-from", "date-to",
  "server", "token", "credentials", "timeout", "remember", "conversation",
];

const FILTERS = {
  speaker: "speaker", event: "event", place: "place", "speech-language": "language",
  "date-from": "date_from", "date-to": "date_to",
};

const MAX_QUESTIONS = 6;

/** A list as JSON or with bars between: `["One?", "Two?"]` or `One? | Two?`. */
export function listOf(text) {
  const plain = (text || "").trim();
  if (plain.startsWith("[")) {
    try {
      return JSON.parse(plain).map(String);
    } catch {
      return [];
    }
  }
  return plain.split("|").map((one) => one.trim()).filter(Boolean);
}

/** The language of the words: as set, else that of the page around, else that of the browser. */
export function languageOf(element, set) {
  const around = element.closest("[lang]");
  const page = around ? around.getAttribute("lang") : "";
  const wanted = set && set !== "auto" ? [set] : page ? [page] : navigator.languages || [];
  for (const one of wanted) {
    const short = one.toLowerCase().split("-")[0];
    if (short in WORDS) return short;
  }
  return "en";
}

/**
 * All options of one element.
 * @param {HTMLElement} element
 * @param {Object<string, string>} line options of the script's line
 * @param {string} home the bot's address as the script's own address tells it
 */
export function read(element, line, home) {
  const get = (name) => {
    const own = element.getAttribute("data-" + name);
    return own === null ? line[name] || "" : own;
  };
  const language = languageOf(element, get("language"));
  const words = WORDS[language];
  const filters = {};
  for (const [name, field] of Object.entries(FILTERS)) if (get(name)) filters[field] = get(name);
  const documents = listOf(get("documents"));
  if (documents.length) filters.documents = documents;
  const title = get("title") || words.title;
  return {
    title,
    label: get("label") || title,
    placeholder: get("placeholder") || words.placeholder,
    questions: get("questions") === "off" ? [] : listOf(get("questions")).slice(0, MAX_QUESTIONS),
    suggest: get("questions") !== "off" && !Object.keys(filters).length,
    language,
    words,
    theme: get("theme"),
    accent: get("accent"),
    position: get("position") || "bottom-end",
    open: element.hasAttribute("data-open") || "open" in line,
    filters,
    base: (get("server") && server(get("server"))) || home,
    token: get("token"),
    credentials: get("credentials") === "include" ? "include" : "same-origin",
    timeout: 1000 * (Number(get("timeout")) || 25),
    remember: get("remember") || "tab",
    conversation: get("conversation") || element.id || "",
  };
}
