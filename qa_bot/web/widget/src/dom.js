// Small helpers that make elements. Text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  chat: "M21 11.5a8 8 0 0 1-8.2 8c-1.4 0-2.7-.3-3.9-.9L3 20.5l1.9-5.4A7.7 7.7 0 0 1 4.2 11.5a8.4 8.4 0 0 1 16.8 0z",
  close: "M6 6l12 12M18 6L6 18",
  fresh: "M12 5v14M5 12h14",
  out: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  send: "M12 19V5M5 12l7-7 7 7",
  stop: "M7 7h10v10H7z",
  up: "M7 11v9H4v-9zM7 11l4-7a2.2 2.2 0 0 1 2 2.6L12.4 9H18a2 2 0 0 1 2 2.4l-1.3 7A2 2 0 0 1 16.7 20H7",
  down: "M17 13V4h3v9zM17 13l-4 7a2.2 2.2 0 0 1-2-2.6l.6-2.4H6a2 2 0 0 1-2-2.4l1.3-7A2 2 0 0 1 7.3 4H17",
};

/**
 * An element with attributes and children. A value of false, null or undefined leaves an attribute
 * out; a function under `onclick` and the like becomes a listener; strings become text.
 * @param {string} name
 * @param {Object<string, *>} [attributes]
 * @param {...(Node|string|false|null|undefined)} children
 * @returns {HTMLElement}
 */
export function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** One of our line drawings, hidden from screen readers: the name stands beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only a drawing; its name is read aloud and shown as a tip. */
export function iconButton(name, label, onclick, more) {
  const attributes = { type: "button", class: "tool", "aria-label": label, title: label, onclick };
  return make("button", Object.assign(attributes, more), icon(name));
}

/** `{name}` in a text replaced by values. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Puts text on the clipboard; also on pages without https, where the newer way is closed. */
export async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { class: "hidden", "aria-hidden": "true", readonly: true });
    area.value = text;
    const focused = root.activeElement;
    (root.querySelector("dialog") || root.querySelector(".root") || root).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (focused) focused.focus();
    return done;
  }
}
