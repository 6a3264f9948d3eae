// The top of the page: conversations, the list of speeches, export, a new conversation, language.

import { button, disclosure, hidden, language, make, root, say, toast } from "./dom.js";
import { turns } from "./conversation.js";
import * as store from "./store.js";

const LANGUAGES = [["en", "English"], ["fr", "Français"], ["es", "Español"]];
const KINDS = [["markdown", "md", "export_markdown"], ["word", "docx", "export_word"]];

export const toggle = icon("qa-i-list", "conversations");
let exporting;

function icon(name, text) {
  return make("button", { type: "button", class: `qa-top-button ${name}`, title: say(text) }, make("span", { class: "qa-top-label" }, say(text)));
}

/** Fills the row that holds the title. `begin` starts a new conversation. */
export function fillTop(row, begin) {
  const fresh = icon("qa-i-new", "new");
  fresh.id = "qa-new";
  fresh.addEventListener("click", begin);
  const speeches = make("a", { class: "qa-top-button qa-i-book", href: new URL("speeches", root).href, title: say("speeches") },
    make("span", { class: "qa-top-label" }, say("speeches")));
  row.prepend(toggle);
  row.append(make("nav", { id: "qa-browse", "aria-label": say("speeches") }, speeches), exportMenu(), fresh, languages());
}

function exportMenu() {
  const opener = icon("qa-i-export", "export");
  const panel = make("div", { class: "qa-menu", id: "qa-export-menu" });
  opener.setAttribute("aria-controls", panel.id);
  const close = disclosure(opener, panel);
  for (const [kind, ending, label] of KINDS) {
    panel.append(button({}, say(label), () => {
      close(false, true);
      save(kind, ending);
    }));
  }
  exporting = make("div", { class: "qa-export", hidden: true }, opener, panel);
  return exporting;
}

/** Only a conversation with an answer can be exported. */
export function showExport(possible) {
  exporting.hidden = !possible;
}

async function save(kind, ending) {
  const title = store.get(store.openId())?.title ?? turns[0]?.question ?? "";
  try {
    const reply = await fetch(new URL(`export/${kind}`, root), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ title, turns }),
    });
    if (!reply.ok) throw new Error(reply.status);
    const address = URL.createObjectURL(await reply.blob());
    const link = make("a", { href: address, download: `${fileName(title)}.${ending}`, hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch {
    toast(say("export_failed"));
  }
}

function fileName(title) {
  return title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "conversation";
}

function languages() {
  const select = make("select", { id: "qa-language", "aria-label": say("language"), title: say("language") },
    ...LANGUAGES.map(([code, name]) => make("option", { value: code, lang: code, selected: code === language }, name)));
  select.addEventListener("change", () => {
    location.href = new URL(`language/${encodeURIComponent(select.value)}?to=`, root).href;
  });
  return make("span", { class: "qa-language" }, select);
}

/** Who is signed in, and the way out. */
export function showPerson(row, name, signsOut) {
  if (!name) return;
  row.append(make("span", { class: "qa-person", title: say("account", { name }) },
    hidden(say("account", { name })),
    make("bdi", { "aria-hidden": "true" }, name),
    signsOut ? make("a", { href: new URL("sign-out", root).href }, say("sign_out")) : ""));
}
