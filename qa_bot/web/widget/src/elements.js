// The two elements: <qa-bot-chat> stands in the page, <qa-bot-button> floats over it.

import { Chat } from "./chat.js";
import { pageIsDark, setAccent } from "./colour.js";
import { icon, make } from "./dom.js";
import { Memory } from "./memory.js";
import { OPTIONS, read } from "./options.js";
import STYLE from "./style.css";

const PHONE = "(max-width: 480px)";

/** What the script's own line says: its options and the address it came from. */
const line = { options: {}, home: "" };

export function setLine(options, home) {
  line.options = options;
  line.home = home;
}

let sheet = null;

/** One style sheet for all: made by script, so that no policy for inline styles is in its way. */
function style() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

class Widget extends HTMLElement {
  static get observedAttributes() {
    return OPTIONS.map((name) => "data-" + name);
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style()];
    this.turns = [];
    this.recolour = () => this.colour();
  }

  connectedCallback() {
    for (const name of ["token", "tokenProvider"]) {
      // Set before the script had come: now it belongs to the element that reads it.
      if (Object.prototype.hasOwnProperty.call(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    this.options = read(this, line.options, line.home);
    this.memory = new Memory(
      this.options.remember, `${this.options.base} ${this.options.conversation || this.localName}`,
    );
    const kept = this.memory.load();
    if (!this.turns.length) this.turns.push(...kept.turns);
    this.rebuild(kept.open);
    this.watch();
    this.chat.emit("ready", {});
  }

  disconnectedCallback() {
    this.chat.dispose();
    this.memory.release();
    this.watcher.disconnect();
    this.scheme.removeEventListener("change", this.recolour);
  }

  attributeChangedCallback(name, before, after) {
    if (!this.chat || !this.isConnected || before === after || this.waiting) return;
    this.waiting = true; // several attributes set in one go are one change
    Promise.resolve().then(() => {
      this.waiting = false;
      if (!this.isConnected) return;
      this.options = read(this, line.options, line.home);
      this.rebuild(this.isOpen);
    });
  }

  rebuild(open) {
    if (this.chat) this.chat.dispose();
    this.turns = this.turns.filter((turn) => turn.answer); // what was under way has been stopped
    this.chat = new Chat(this, this.options, {
      turns: this.turns,
      save: () => this.memory.save(this.turns, this.isOpen),
      closer: this.closer,
    });
    this.root = make("div", { class: "root", lang: this.options.language, dir: "ltr" });
    this.shadowRoot.replaceChildren(this.root);
    this.fill(open);
    this.colour();
  }

  /** Follows the page from light to dark and back. */
  watch() {
    this.watcher = new MutationObserver(() => {
      this.colour();
      setTimeout(this.recolour, 400); // after a transition of the page's colours
    });
    for (const around of [document.documentElement, document.body]) {
      if (around) this.watcher.observe(around, { attributes: true });
    }
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    if (this.scheme.addEventListener) this.scheme.addEventListener("change", this.recolour);
  }

  colour() {
    if (!this.isConnected) return;
    const set = this.options.theme;
    const theme = set === "light" || set === "dark" ? set : pageIsDark(this) ? "dark" : "light";
    this.root.dataset.theme = theme;
    const accent = this.options.accent || getComputedStyle(this).getPropertyValue("--qa-bot-accent");
    setAccent(this.root, accent.trim(), theme);
  }

  /** Asks a question. @returns {Promise<Object|null>} the answer as JSON, null when there is none */
  ask(text) {
    this.open();
    return this.chat.ask(text);
  }

  /** Forgets the conversation, also in the browser's storage. */
  clear() {
    this.chat.clear();
  }

  focus() {
    this.chat.focus();
  }
}

/** The chat as part of the page. */
export class ChatElement extends Widget {
  get isOpen() {
    return true;
  }

  fill() {
    this.root.append(make("section", { class: "inline", "aria-labelledby": "title" }, this.chat.element));
    this.chat.start();
    requestAnimationFrame(() => this.chat.toEnd());
  }

  open() {
    this.scrollIntoView({ block: "nearest" });
  }

  close() {}
}

/** A button in a corner that opens the chat: beside the page, or over all of it on a phone. */
export class ButtonElement extends Widget {
  constructor() {
    super();
    this.closer = () => this.close();
    this.refit = () => this.fit();
    this.rearrange = () => this.arrange();
  }

  get isOpen() {
    return Boolean(this.dialog && this.dialog.open);
  }

  connectedCallback() {
    this.phone = matchMedia(PHONE);
    super.connectedCallback();
    if (this.phone.addEventListener) this.phone.addEventListener("change", this.rearrange);
    if (window.visualViewport) {
      window.visualViewport.addEventListener("resize", this.refit);
      window.visualViewport.addEventListener("scroll", this.refit);
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.phone.removeEventListener) this.phone.removeEventListener("change", this.rearrange);
    if (window.visualViewport) {
      window.visualViewport.removeEventListener("resize", this.refit);
      window.visualViewport.removeEventListener("scroll", this.refit);
    }
  }

  fill(open) {
    const { label, title, position } = this.options;
    this.launcher = make("button", {
      class: "launcher", part: "button", type: "button", "aria-haspopup": "dialog",
      "aria-expanded": "false", "aria-controls": "dialog", onclick: () => this.open(),
    }, icon("chat"), make("span", { class: "label", dir: "auto" }, label));
    this.dialog = make("dialog", {
      id: "dialog", class: "dialog", part: "panel", "aria-labelledby": "title",
      onkeydown: (event) => this.onKey(event),
      oncancel: (event) => { event.preventDefault(); this.close(); },
    }, this.chat.element);
    const corner = /^(top|bottom)-(start|end|left|right)$/.test(position) ? position : "bottom-end";
    const place = make("section", { class: `floating ${corner}`, "aria-label": title },
      this.launcher, this.dialog);
    // The corner is the page's: on a page written from right to left, its end is the left.
    place.dir = getComputedStyle(this).direction;
    this.root.append(place);
    this.dialog.dir = "ltr";
    this.launcher.dir = "ltr";
    // Who has closed it once is not shown it again on every page.
    if (open === null ? this.options.open : open) this.open({ quiet: true });
  }

  onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  /** Opens the chat and puts the cursor into it; `quiet` leaves the cursor where it is. */
  open(how) {
    if (this.isOpen) return;
    const quiet = Boolean(how && how.quiet);
    const before = deepActive();
    // On a phone a chat that opens by itself would cover the page that was asked for.
    if (quiet && this.phone.matches) return;
    this.back = before && before !== document.body ? before : null;
    if (quiet) this.dialog.open = true; // show() would take the cursor
    else this.present();
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    this.chat.start();
    this.chat.toEnd();
    if (quiet) return;
    // The box brings up a phone's keyboard, which hides the answers.
    if (this.phone.matches && this.turns.length) this.chat.log.focus();
    else this.chat.focus();
    this.memory.save(this.turns, true);
    this.chat.emit("open", {});
  }

  present() {
    if (this.phone.matches) this.dialog.showModal();
    else this.dialog.show();
    this.fit();
  }

  close() {
    if (!this.isOpen) return;
    const inside = this.shadowRoot.activeElement;
    this.dialog.close();
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    const back = this.back && this.back.isConnected && this.back !== this.launcher ? this.back : this.launcher;
    if (inside || document.activeElement === document.body) back.focus();
    this.memory.save(this.turns, false);
    this.chat.emit("close", {});
  }

  /** Between beside and over the page, when the window changes. */
  arrange() {
    if (!this.isOpen) return;
    const focused = this.shadowRoot.activeElement;
    this.dialog.close();
    this.present();
    if (focused) focused.focus();
  }

  /** Above the keyboard of a phone: the part of the window that can be seen. */
  fit() {
    if (!this.dialog) return;
    const seen = window.visualViewport;
    const sheet = this.isOpen && this.phone.matches && seen;
    this.dialog.style.height = sheet ? `${seen.height}px` : "";
    this.dialog.style.top = sheet ? `${seen.offsetTop}px` : "";
  }
}

function deepActive() {
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) {
    active = active.shadowRoot.activeElement;
  }
  return active;
}
