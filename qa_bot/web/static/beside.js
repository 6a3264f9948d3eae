// The page of the original file beside the text in the source view: follows the quotation shown there.

import { LeafView, want, wanted } from "./leaf.js";

const frame = document.getElementById("leaf");
const toggle = document.querySelector("#tools .leaf-toggle");
const words = JSON.parse(document.getElementById("tools").dataset.words);
const wide = matchMedia("(min-width: 64rem)");
const view = new LeafView(frame, {
  failed: words.no_original_page,
  step: (by) => document.dispatchEvent(new CustomEvent("qa-step", { detail: by })),
});
let cited = null; // the quotation that the text shows
let set = frame.childElementCount > 0; // whether the person, or the address, has decided

function address() {
  const query = cited ? `start=${cited.start}&end=${cited.end}` : "number=1";
  return `${frame.dataset.pageOf}?${query}`;
}

function show(shown) {
  frame.hidden = !shown;
  toggle.setAttribute("aria-pressed", String(shown));
  document.getElementById("main").classList.toggle("with-leaf", shown);
  if (shown) view.show(address());
}

document.addEventListener("qa-cited", ({ detail }) => {
  const first = cited === null && !view.shown;
  cited = detail;
  if (first && frame.childElementCount && cited) view.adopt(address());
  else if (set) show(!frame.hidden);
  else show(wanted() && (wide.matches || cited !== null)); // without a quotation, a phone shows the text
});

toggle.addEventListener("click", () => {
  set = true;
  want(frame.hidden);
  show(frame.hidden);
});
