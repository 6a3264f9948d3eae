// The source view: highlights and shows the characters named in the address, /source/<id>#<start>-<end>.
// Offsets count characters (code points), as Python does, not UTF-16 units.

const speech = document.getElementById("speech");

/** The span named by the address, or null. */
function wanted() {
  const match = /^#(\d+)-(\d+)$/.exec(location.hash);
  return match && Number(match[1]) < Number(match[2]) ? [Number(match[1]), Number(match[2])] : null;
}

/** UTF-16 position of the character with number `count` in `text`. */
function unitOf(text, count) {
  let unit = 0;
  while (count > 0 && unit < text.length) {
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    count -= 1;
  }
  return unit;
}

function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Takes the marks away again; the text is as it was. */
function unmark(root) {
  for (const mark of root.querySelectorAll("mark.cited")) mark.replaceWith(...mark.childNodes);
  root.normalize();
}

/** Puts the characters start..end of root's text into marks, one in each text node; returns them. */
export function mark(root, start, end) {
  const pieces = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node && at < end; node = walker.nextNode()) {
    const length = lengthOf(node.data);
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) pieces.push([node, from, to]);
    at += length;
  }
  return pieces.map(([node, from, to]) => {
    const rest = node.splitText(unitOf(node.data, from));
    rest.splitText(unitOf(rest.data, to - from));
    const element = document.createElement("mark");
    element.className = rest.parentElement === root ? "cited gap" : "cited";
    rest.replaceWith(element);
    element.append(rest);
    return element;
  });
}

function show(element) {
  if (!element) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center", behavior: calm ? "instant" : "auto" });
}

function open() {
  const span = wanted();
  if (span) {
    unmark(speech);
    show(mark(speech, ...span)[0]);
  } else {
    show(speech.querySelector("mark.cited"));
  }
}

if (speech) {
  open();
  addEventListener("hashchange", open);
}
