// The conversation, kept over page loads where the browser allows it, and in any case until then.

const MAX_TURNS = 20;
const MAX_CHARS = 200000;
const MAX_AGE = 30 * 24 * 3600 * 1000; // ms; for remember="device"
const KEPT_PASSAGES = 3;
const KEPT_PASSAGE = 400; // characters

const inUse = new Set();

/** A key nobody on this page uses yet: two chats of one page keep two conversations. */
function ownKey(wanted) {
  let key = wanted;
  for (let n = 2; inUse.has(key); n += 1) key = `${wanted}-${n}`;
  inUse.add(key);
  return key;
}

function storage(kind) {
  try {
    if (kind === "tab") return window.sessionStorage;
    return kind === "device" ? window.localStorage : null;
  } catch {
    return null; // storage is blocked, as in some frames
  }
}

/** An answer without what is shown only while it is fresh. */
function slim(answer) {
  const passages = (answer.passages || []).slice(0, KEPT_PASSAGES);
  return Object.assign({}, answer, {
    passages: passages.map((hit) => Object.assign({}, hit, { text: cut(hit.text, KEPT_PASSAGE) })),
  });
}

/** The beginning of a text, up to a word's end. */
export function cut(text, length) {
  return text.length > length ? text.slice(0, length).replace(/\s+\S*$/, "") + " …" : text;
}

function usable(turn) {
  const answer = turn && turn.answer;
  return (
    Boolean(answer) && typeof turn.question === "string" &&
    ["citations", "alternatives", "passages"].every((name) => Array.isArray(answer[name])) &&
    ["groups", "closest"].every((name) => !answer[name] || Array.isArray(answer[name]))
  );
}

export class Memory {
  /**
   * @param {string} kind "tab", "device" or "off"
   * @param {string} name of the conversation: the bot's address and the element's name
   */
  constructor(kind, name) {
    this.kind = kind;
    this.key = ownKey("qa-bot " + name);
  }

  /** The turns of last time, oldest first, and whether the chat stood open; null: never been. */
  load() {
    try {
      const kept = JSON.parse(storage(this.kind).getItem(this.key));
      const old = this.kind === "device" && !(Date.now() - kept.saved < MAX_AGE);
      if (old) return { turns: [], open: null };
      return { turns: kept.turns.filter(usable).slice(-MAX_TURNS), open: kept.open === true };
    } catch {
      return { turns: [], open: null };
    }
  }

  /** Keeps what fits; the oldest goes first. */
  save(turns, open) {
    const kept = turns.filter((turn) => turn.answer).slice(-MAX_TURNS).map(
      ({ question, answer, ignore, rating }) => ({ question, answer: slim(answer), ignore, rating }),
    );
    for (;;) {
      const text = JSON.stringify({ saved: Date.now(), open, turns: kept });
      try {
        if (text.length <= MAX_CHARS) {
          const place = storage(this.kind);
          if (place) place.setItem(this.key, text);
          return;
        }
      } catch {
        // full: try again with less
      }
      if (!kept.length) return;
      kept.shift();
    }
  }

  /** The key may be used by another element again. */
  release() {
    inUse.delete(this.key);
  }
}
