// Starts the widget: defines the elements and, unless told not to, adds the floating button.

import { folder } from "./address.js";
import { make } from "./dom.js";
import { ButtonElement, ChatElement, setLine } from "./elements.js";
import { OPTIONS } from "./options.js";

const script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
const home = folder(script ? script.src : "");

/** Whether this browser has what the elements are made of. */
function able() {
  return (
    "customElements" in window && "replaceChildren" in Element.prototype &&
    "adoptedStyleSheets" in Document.prototype && typeof HTMLDialogElement === "function"
  );
}

function lineOptions() {
  const options = {};
  for (const name of script ? OPTIONS : []) {
    const value = script.getAttribute("data-" + name);
    if (value !== null) options[name] = value;
  }
  return options;
}

/** For browsers of long ago: a link to the chat, in the place of the chat. */
function addLinks(options, floats) {
  const address = options.server || home;
  const link = () => make("a", { href: address, target: "_blank", rel: "noopener" },
    options.title || "Ask the speeches");
  for (const chat of document.querySelectorAll("qa-bot-chat")) {
    if (!chat.textContent.trim()) chat.append(link());
  }
  if (floats) {
    const floating = link();
    Object.assign(floating.style, { position: "fixed", right: "20px", bottom: "20px",
      padding: "12px 16px", background: "#0b5f66", color: "#ffffff" });
    document.body.append(floating);
  }
}

function start() {
  const options = lineOptions();
  const floats = !script || script.getAttribute("data-button") !== "off";
  if (!able()) {
    addLinks(options, floats);
    return;
  }
  const first = !customElements.get("qa-bot-chat");
  if (first) {
    setLine(options, home);
    customElements.define("qa-bot-chat", ChatElement);
    customElements.define("qa-bot-button", ButtonElement);
  }
  const server = options.server || home;
  const there = [...document.querySelectorAll("qa-bot-button")]
    .some((one) => (one.getAttribute("data-server") || home) === server);
  if (!floats || there || !server) return;
  const more = {};
  for (const [name, value] of Object.entries(options)) more["data-" + name] = value;
  document.body.append(make("qa-bot-button", Object.assign(more, { "data-server": server })));
}

if (document.body && document.readyState !== "loading") start();
else document.addEventListener("DOMContentLoaded", start);
