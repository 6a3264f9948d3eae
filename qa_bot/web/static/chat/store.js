// Conversations kept in this browser, and nowhere else.

import { MOST_TURNS } from "./conversation.js";
import { root } from "./dom.js";

const MOST = 50; // conversations
const LONGEST_TITLE = 120;
const HERE = "qa-bot:open"; // which conversation this tab shows

let owner = "";
const key = () => `qa-bot:conversations:${root.pathname}:${owner}`;

/** On a shared computer everybody who signs in has their own. */
export function setOwner(name) {
  owner = name;
}

/** @returns {{id: string, title: string, when: number, turns: object[]}[]} newest first */
export function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(key()) ?? "[]");
    return Array.isArray(kept) ? kept.filter(sound).sort((a, b) => b.when - a.when) : [];
  } catch {
    return [];
  }
}

function sound(one) {
  if (typeof one?.id !== "string" || typeof one.title !== "string" || !Array.isArray(one.turns)) return false;
  return typeof one.when === "number" && !Number.isNaN(new Date(one.when).getTime()); // beyond 8.64e15 there are no dates
}

function write(list) {
  let kept = list.sort((a, b) => b.when - a.when).slice(0, MOST);
  for (;;) {
    try {
      localStorage.setItem(key(), JSON.stringify(kept));
      return;
    } catch {
      if (!kept.length) return; // storage is closed: the conversation lives in the page only
      kept = kept.slice(0, -1); // it is full: the oldest goes
    }
  }
}

export function get(id) {
  return all().find((one) => one.id === id) ?? null;
}

/** Keeps the turns of a conversation; a new one is named by its first question. */
export function keep(id, turns) {
  const list = all();
  const old = list.find((one) => one.id === id);
  const title = old?.title ?? String(turns[0]?.question ?? "").slice(0, LONGEST_TITLE);
  const now = { id, title, when: Date.now(), turns: turns.slice(-MOST_TURNS) };
  write([now, ...list.filter((one) => one.id !== id)]);
}

export function rename(id, title) {
  write(all().map((one) => (one.id === id ? { ...one, title: title.slice(0, LONGEST_TITLE) } : one)));
}

export function remove(id) {
  write(all().filter((one) => one.id !== id));
}

/** Puts back what was removed. */
export function restore(conversations) {
  const back = new Set(conversations.map((one) => one.id));
  write([...conversations, ...all().filter((one) => !back.has(one.id))]);
}

export function removeAll() {
  localStorage.removeItem(key());
}

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The conversation that this tab shows, over a reload. */
export function openId() {
  try {
    return sessionStorage.getItem(HERE) ?? "";
  } catch {
    return "";
  }
}

export function setOpenId(id) {
  try {
    sessionStorage.setItem(HERE, id);
  } catch {
    // Without storage a reload begins anew.
  }
}

/** Calls `listener` when another tab has changed what is kept. */
export function onOtherTab(listener) {
  addEventListener("storage", (event) => {
    if (event.key === key() || event.key === null) listener();
  });
}
