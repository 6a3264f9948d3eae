// A page of the original file in a frame of its own: loads it from our /page/ address, zooms, brings
// the marked words into view, and tells screen readers what is shown.

const LARGEST = 4; // times the width of the frame
const STEP = 1.3;
const READABLE = 15; // pixels that a line of print should be high, to be read

export class LeafView {
  /**
   * @param {HTMLElement} frame what the page is put into
   * @param {{ failed: string, step?: function(number): void }} options what to say when nothing comes;
   *   what goes to the next (1) or previous (-1) quotation
   */
  constructor(frame, { failed, step }) {
    this.frame = frame;
    this.failed = failed;
    this.step = step;
    this.shown = ""; // the address of what is in the frame
    this.live = document.createElement("p");
    this.live.className = "qa-hidden";
    this.live.setAttribute("role", "status");
    frame.after(this.live);
    frame.addEventListener("click", (event) => this.clicked(event));
    frame.addEventListener("keydown", (event) => this.pressed(event));
    new ResizeObserver(() => this.resized()).observe(frame);
  }

  /** Takes what the server has put into the frame already. */
  adopt(address) {
    this.shown = address;
    this.begin();
  }

  /** Shows the page at an address of /page/. */
  async show(address) {
    if (address === this.shown) return;
    this.loading?.abort();
    this.loading = new AbortController();
    this.shown = address;
    this.frame.setAttribute("aria-busy", "true");
    const held = this.frame.contains(document.activeElement) ? document.activeElement.className : "";
    try {
      const reply = await fetch(`${address}&view=panel`, { signal: this.loading.signal });
      if (!reply.ok) throw new Error(reply.status);
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      this.frame.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.shown = "";
      const said = Object.assign(document.createElement("p"), { className: "leaf-said", textContent: this.failed });
      this.frame.replaceChildren(said);
    }
    this.frame.removeAttribute("aria-busy");
    this.begin();
    if (held) (this.frame.querySelector(`.${held}`) ?? this.sheet)?.focus({ preventScroll: true });
    const said = [...this.frame.querySelectorAll(".leaf-said")].map((p) => p.textContent);
    this.live.textContent = [this.image?.alt, ...said].filter(Boolean).join(" ");
  }

  clear() {
    this.loading?.abort();
    this.shown = "";
    this.frame.replaceChildren();
    this.live.textContent = "";
  }

  get sheet() {
    return this.frame.querySelector(".leaf-sheet");
  }

  /** Of the page, in the points that its marks are measured in. */
  get points() {
    return this.frame.querySelector(".leaf-marks").viewBox.baseVal.width;
  }

  get image() {
    return this.frame.querySelector(".leaf-paper img");
  }

  /** Makes a page that has come usable, as large as its marked words can be read. */
  begin() {
    if (!this.sheet) return;
    this.frame.querySelector(".leaf-zoom").hidden = false;
    this.image.addEventListener("error", () => {
      this.live.textContent = this.failed;
      const said = Object.assign(document.createElement("p"), { className: "leaf-said", textContent: this.failed });
      this.sheet.before(said);
    }, { once: true });
    this.width = this.sheet.clientWidth;
    const mark = this.frame.querySelector(".leaf-marks rect");
    const high = mark ? (mark.height.baseVal.value / this.points) * this.width : READABLE;
    this.zoom(high > 0 ? READABLE / high : 1);
    this.toMarks();
  }

  zoom(times) {
    const sheet = this.sheet;
    if (!sheet) return;
    this.times = Math.min(LARGEST, Math.max(1, times));
    const middle = (sheet.scrollTop + sheet.clientHeight / 2) / (sheet.scrollHeight || 1);
    const across = (sheet.scrollLeft + sheet.clientWidth / 2) / (sheet.scrollWidth || 1);
    this.frame.querySelector(".leaf-paper").style.width = `${100 * this.times}%`;
    this.image.sizes = `${Math.ceil(sheet.clientWidth * this.times)}px`;
    sheet.scrollTop = middle * sheet.scrollHeight - sheet.clientHeight / 2;
    sheet.scrollLeft = across * sheet.scrollWidth - sheet.clientWidth / 2;
    this.frame.querySelector(".leaf-percent").textContent = `${Math.round(100 * this.times)}\u00a0%`;
    this.frame.querySelector(".leaf-out").disabled = this.times <= 1;
    this.frame.querySelector(".leaf-in").disabled = this.times >= LARGEST;
  }

  /** Brings the marked words into the middle of the frame, without moving the page around it. */
  toMarks() {
    const sheet = this.sheet;
    const boxes = [...this.frame.querySelectorAll(".leaf-marks rect")].map((rect) => rect.getBoundingClientRect());
    if (!sheet || !boxes.length) return;
    const frame = sheet.getBoundingClientRect();
    const top = Math.min(...boxes.map((box) => box.top));
    const bottom = Math.max(...boxes.map((box) => box.bottom));
    const left = Math.min(...boxes.map((box) => box.left));
    const right = Math.max(...boxes.map((box) => box.right));
    // What is higher or wider than the frame begins at its edge.
    sheet.scrollTop += bottom - top > frame.height ? top - frame.top - 16 : (top + bottom - frame.top - frame.bottom) / 2;
    sheet.scrollLeft += right - left > frame.width ? left - frame.left - 16 : (left + right - frame.left - frame.right) / 2;
  }

  resized() {
    const sheet = this.sheet;
    if (!sheet || !sheet.clientWidth || sheet.clientWidth === this.width) return;
    this.width = sheet.clientWidth;
    this.zoom(this.times);
    this.toMarks();
  }

  clicked(event) {
    const turn = event.target.closest("a.leaf-previous, a.leaf-next");
    if (turn && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      this.show(turn.href);
    } else if (event.target.closest(".leaf-in")) this.zoom(this.times * STEP);
    else if (event.target.closest(".leaf-out")) this.zoom(this.times / STEP);
    else if (event.target.closest(".leaf-fit")) this.zoom(1);
  }

  /** Keys work in the frame only: elsewhere they may mean something to the person's own tools. */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      "+": () => this.zoom(this.times * STEP),
      "=": () => this.zoom(this.times * STEP),
      "-": () => this.zoom(this.times / STEP),
      0: () => this.zoom(1),
      n: () => this.step?.(1),
      p: () => this.step?.(-1),
    };
    if (!this.sheet || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}

/** Whether the person wants to see pages beside the text; yes until they say no. */
export function wanted() {
  try {
    return localStorage.getItem("qa-leaf") !== "off";
  } catch {
    return true;
  }
}

export function want(shown) {
  try {
    localStorage.setItem("qa-leaf", shown ? "on" : "off");
  } catch {
    // A browser that keeps nothing asks again.
  }
}
