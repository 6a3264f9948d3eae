// The list of conversations kept in this browser: open, rename, delete.

import { announce, box, button, locale, make, root, say, setOnce, toast } from "./dom.js";
import * as store from "./store.js";

const wide = matchMedia("(min-width: 1100px)");
const when = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
let actions = {};
let opener = null;
let note = "";

const list = make("ul", { class: "qa-drawer-list" });
const foot = make("div", { class: "qa-drawer-foot" });
const head = make("div", { class: "qa-drawer-head" },
  make("h2", {}, say("conversations")),
  button({ class: "qa-icon qa-i-close", "aria-label": say("close_conversations"), title: say("close_conversations") }, "", () => close(true)));
const fresh = button({ class: "qa-drawer-new" }, say("new"), () => {
  actions.begin();
  if (!wide.matches) close();
  box().focus();
});
export const drawer = make("aside", { id: "qa-drawer", "aria-label": say("conversations"), hidden: true }, head, fresh,
  make("a", { class: "qa-drawer-speeches", href: new URL("speeches", root).href }, say("speeches")), list, foot);

/**
 * @param {HTMLElement} button opens and closes the drawer
 * @param {{open: (id: string) => void, begin: () => void}} does
 */
export function start(toggle, does) {
  opener = toggle;
  actions = does;
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", () => (drawer.hidden ? open() : close(true)));
  document.body.prepend(drawer);
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.stopPropagation();
      close(true);
    }
  });
  store.onOtherTab(draw);
  wide.addEventListener("change", cover);
  draw();
}

/**
 * Says what the server keeps.
 * @param {{kept_days: number | null, logged: boolean}} server null: nothing, 0: for good
 */
export function setKept({ kept_days: days, logged }) {
  if (days === null) note = logged ? "" : say("conversations_note");
  else note = days ? say("conversations_note_days", { count: days }) : say("conversations_note_until");
  if (logged) note = `${note} ${say("conversations_note_log")}`.trim();
  draw();
}

function open() {
  drawer.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  document.body.classList.add("qa-drawn");
  cover();
  draw();
  fresh.focus();
}

export function close(focus = false) {
  if (drawer.hidden) return;
  drawer.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  document.body.classList.remove("qa-drawn");
  cover();
  if (focus) opener.focus();
}

/** On a narrow page the drawer lies over the chat, which then must not be reached. */
function cover() {
  const app = document.querySelector("gradio-app");
  if (!app) return;
  app.inert = !drawer.hidden && !wide.matches;
}

// A touch beside the drawer closes it.
document.addEventListener("pointerdown", (event) => {
  if (!drawer.hidden && !wide.matches && !drawer.contains(event.target)) close(true);
});

/** Draws the list anew. */
export function draw() {
  const kept = store.all();
  const here = store.openId();
  list.replaceChildren(...kept.map((one) => item(one, one.id === here)));
  if (!kept.length) list.append(make("li", { class: "qa-drawer-none" }, say("conversations_none")));
  foot.replaceChildren(make("p", {}, note));
  if (kept.length) foot.append(button({ class: "qa-quiet" }, say("delete_all"), sure));
}

function item(one, current) {
  const row = make("li", { class: current ? "qa-current" : "" });
  const name = button({ class: "qa-drawer-open", dir: "auto" }, make("span", { class: "qa-drawer-title" }, one.title), () => {
    actions.open(one.id);
    if (!wide.matches) close();
    box().focus();
  });
  name.append(make("time", { datetime: new Date(one.when).toISOString() }, when.format(one.when)));
  if (current) setOnce(name, "aria-current", "true");
  row.append(name,
    button({ class: "qa-icon qa-i-edit", "aria-label": `${say("rename")}: ${one.title}`, title: say("rename") }, "", () => rename(row, one)),
    button({ class: "qa-icon qa-i-bin", "aria-label": `${say("delete")}: ${one.title}`, title: say("delete") }, "", () => remove(one)));
  return row;
}

function rename(row, one) {
  const input = make("input", { type: "text", maxlength: "120", dir: "auto", "aria-label": say("rename") });
  input.value = one.title;
  const done = (keep) => {
    if (keep && input.value.trim()) store.rename(one.id, input.value.trim());
    draw();
    [...list.querySelectorAll(".qa-drawer-open")][place]?.focus();
  };
  const place = [...list.children].indexOf(row);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") done(true);
    if (event.key === "Escape") {
      event.preventDefault();
      done(false);
    }
  });
  row.replaceChildren(input, button({ class: "qa-small-button" }, say("save"), () => done(true)));
  input.focus();
  input.select();
}

function remove(one) {
  const place = store.all().findIndex((other) => other.id === one.id);
  const wasOpen = store.openId() === one.id;
  store.remove(one.id);
  if (wasOpen) actions.begin();
  draw();
  const rows = list.querySelectorAll(".qa-drawer-open");
  (rows[Math.min(place, rows.length - 1)] ?? fresh).focus();
  toast(say("deleted"), () => {
    store.restore([one]);
    if (wasOpen) actions.open(one.id);
    draw();
  });
}

/** Asks once more before all go. */
function sure() {
  const keep = button({ class: "qa-quiet" }, say("cancel"), () => {
    draw();
    foot.querySelector("button")?.focus();
  });
  const go = button({ class: "qa-small-button qa-danger" }, say("delete_all"), () => {
    store.removeAll();
    actions.begin();
    draw();
    fresh.focus();
    announce(say("deleted"));
  });
  foot.replaceChildren(make("p", { role: "alert" }, say("delete_all_sure")), make("p", { class: "qa-form-foot" }, go, keep));
  keep.focus();
}
