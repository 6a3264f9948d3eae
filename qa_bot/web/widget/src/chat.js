// The conversation and the box to ask in, without what is around them.

import { chatLink } from "./address.js";
import { questionList, renderAnswer, renderProblem, spoken } from "./answer.js";
import { Problem, Server } from "./api.js";
import { niceDate } from "./credit.js";
import { fill, icon, iconButton, make } from "./dom.js";

const MAX_HISTORY = 6; // turns sent along with a question
const MAX_QUESTION = 5000; // characters; the server's own limit is smaller and says so kindly
const MAX_SENT = 5000;
const STARTERS = 3;

export class Chat {
  /**
   * @param {HTMLElement} host the element, which the events come from
   * @param {Object} options as `read` in options.js gives them
   * @param {{turns: Object[], save: function(): void, closer: (function(): void)|null}} around
   */
  constructor(host, options, around) {
    this.host = host;
    this.options = options;
    this.around = around;
    this.turns = around.turns;
    this.stop = null; // the AbortController of the question that is being answered
    this.server = new Server(options.base, {
      credentials: options.credentials,
      language: options.language,
      timeout: options.timeout,
      token: (again) => token(host, options, again),
    });
    this.view = {
      base: options.base,
      words: options.words,
      language: options.language,
      shadow: host.shadowRoot,
      say: (text) => this.say(text),
      ask: (question, more) => this.ask(question, more),
      correct: (question) => this.correct(question),
      rate: (turn, kind) => this.rate(turn, kind),
    };
    this.build();
    for (const turn of this.turns) this.log.append(this.turnElement(turn));
    this.arrange();
  }

  build() {
    const { words, title, base, placeholder } = this.options;
    this.heading = make("h2", { id: "title", class: "title", dir: "auto" }, title);
    this.fresh = iconButton("fresh", words.clear, () => this.clear());
    const closer = this.around.closer && iconButton("close", words.close, this.around.closer);
    this.log = make("div", {
      class: "log", role: "log", "aria-live": "off", "aria-label": words.conversation, tabindex: "0",
    });
    this.empty = this.emptyElement();
    this.status = make("p", { class: "hidden", role: "status" });
    this.box = make("textarea", {
      id: "box", rows: "1", dir: "auto", placeholder, maxlength: MAX_QUESTION,
      enterkeyhint: "send", autocomplete: "off",
      onkeydown: (event) => this.onKey(event),
      oninput: () => this.fit(),
    });
    this.send = make("button", { class: "send", type: "submit", "aria-label": words.ask, title: words.ask },
      icon("send"));
    this.form = make("form", {
      class: "form", part: "form",
      onsubmit: (event) => { event.preventDefault(); this.submit(); },
    }, make("label", { for: "box", class: "hidden" }, words.ask_label), this.box, this.send);
    const full = make("a", {
      class: "tool", href: base, target: "_blank", rel: "noopener", "aria-label": words.full,
      title: words.full,
    }, icon("out"));
    this.element = make("div", { class: "chat" },
      make("header", { class: "head", part: "header" }, this.heading, this.fresh, full, closer),
      this.log, this.form, this.status);
  }

  emptyElement() {
    const { words, language, filters, questions } = this.options;
    const scope = ["speaker", "event", "place", "language", "date_from", "date_to"]
      .filter((name) => filters[name])
      .map((name) => /^date/.test(name)
        ? `${words["field_" + name]} ${niceDate(filters[name], language)}` : filters[name])
      .concat(filters.documents || []).join(" · ");
    this.starters = make("div", { class: "starters" });
    if (questions.length) this.starters.append(questionList(this.view, questions, words.starters));
    return make("div", { class: "empty" },
      make("p", { class: "big" }, words.empty_title),
      make("p", { class: "hint" }, words.empty_text),
      scope && make("p", { class: "hint", dir: "auto" }, fill(words.within, { scope })),
      this.starters);
  }

  /** Fetches what the empty chat shows. Called when the chat is seen for the first time. */
  async start() {
    const { options } = this;
    if (this.started || this.turns.length || options.questions.length || !options.suggest) return;
    this.started = true;
    try {
      const questions = await this.server.suggestions(STARTERS);
      if (questions.length) this.starters.append(questionList(this.view, questions, options.words.starters));
    } catch (problem) {
      this.warn();
      this.starters.append(...renderProblem(this.view, problem, options.base, () => {
        this.started = false;
        this.starters.textContent = "";
        this.start();
      }));
    }
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    if (this.stop) {
      this.stop.abort();
      return;
    }
    const question = this.box.value.trim();
    if (!question) return;
    const rewrite = question === this.corrected ? false : undefined;
    this.box.value = "";
    this.fit();
    this.ask(question, { rewrite });
  }

  /**
   * Asks a question, as if somebody had typed it.
   * @param {string} question
   * @param {{ignore: string[]=, rewrite: boolean=}} [more]
   * @returns {Promise<Object|null>} the answer, or null when there is none to show
   */
  async ask(question, more) {
    const text = String(question).trim().slice(0, MAX_QUESTION);
    if (!text || this.stop) return null;
    const turn = Object.assign({ question: text }, more);
    this.corrected = "";
    const history = this.history();
    this.turns.push(turn);
    const element = this.turnElement(turn);
    this.log.append(element);
    this.arrange();
    return this.answer(turn, element, history);
  }

  async answer(turn, element, history) {
    const { words } = this.options;
    const reply = element.querySelector(".reply");
    const progress = make("p", { class: "reading" }, words.searching);
    const bar = make("progress", { "aria-hidden": "true", max: "1" });
    reply.replaceChildren(progress, bar);
    this.show(element);
    this.busy(true);
    this.say(words.searching);
    this.emit("question", { question: turn.question });
    const stop = this.stop;
    try {
      turn.answer = await this.server.ask(this.body(turn, history), stop.signal, (kind, more) => {
        const texts = { away: words.connecting, busy: fill(words.busy, more) };
        const reads = more.total > 0 && more.stage === "read";
        progress.textContent = texts[kind] || (reads ? fill(words.reading, more) : words.searching);
        if (reads) bar.value = more.done / more.total;
        else bar.removeAttribute("value");
      });
      if (this.gone || !this.turns.includes(turn)) return null; // cleared meanwhile
      reply.replaceChildren(...renderAnswer(this.view, turn));
      this.around.save();
      this.say(spoken(this.view, turn.answer));
      this.emit("answer", turn.answer);
      return turn.answer;
    } catch (error) {
      if (this.gone || !this.turns.includes(turn)) return null;
      const problem = error instanceof Problem ? error : new Problem("failed", { detail: String(error) });
      this.fail(problem, turn, element, history);
      return null;
    } finally {
      if (this.stop === stop) this.busy(false);
      this.show(element);
    }
  }

  fail(problem, turn, element, history) {
    const parts = renderProblem(this.view, problem, chatLink(this.options.base, turn.question),
      () => { if (!this.stop) this.answer(turn, element, history); });
    element.querySelector(".reply").replaceChildren(...parts);
    this.say(parts[0].textContent);
    if (problem.kind === "away") this.warn();
    if (problem.kind !== "stopped") {
      const { kind, status, message } = problem;
      this.emit("error", { kind, status, message, question: turn.question });
    }
  }

  body(turn, history) {
    const body = { question: turn.question };
    if (history.length) body.history = history;
    if (Object.keys(this.options.filters).length) body.filters = this.options.filters;
    if (turn.ignore && turn.ignore.length) body.ignore = turn.ignore;
    if (turn.rewrite === false) body.rewrite = false;
    return body;
  }

  history() {
    return this.turns.filter((turn) => turn.answer).slice(-MAX_HISTORY).map((turn) => ({
      question: (turn.answer.understood || turn.question).slice(0, MAX_SENT),
      answer: (turn.answer.text || "").slice(0, MAX_SENT),
    }));
  }

  turnElement(turn) {
    const reply = make("div", { class: "reply" });
    if (turn.answer) reply.append(...renderAnswer(this.view, turn));
    return make("div", { class: "turn", role: "group", "aria-label": turn.question },
      make("p", { class: "question", dir: "auto" }, turn.question), reply);
  }

  /** Puts a question into the box to be changed; sent as it stands, it is not rewritten again. */
  correct(question) {
    this.corrected = question;
    this.box.value = question;
    this.fit();
    this.box.focus();
  }

  async rate(turn, kind) {
    turn.rating = kind;
    this.around.save();
    const { question, text } = turn.answer;
    const at = this.turns.indexOf(turn);
    const history = this.turns.slice(Math.max(0, at - MAX_HISTORY), Math.max(0, at))
      .filter((one) => one.answer)
      .map((one) => ({ question: one.question, answer: one.answer.text || "" }));
    try {
      await this.server.feedback({ kind, question, answer: text || "", history });
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets the conversation, here and in the browser. */
  clear() {
    if (this.stop) this.stop.abort();
    this.turns.length = 0;
    this.log.replaceChildren();
    this.around.save();
    this.arrange();
    this.start();
    this.focus();
  }

  focus() {
    this.box.focus();
  }

  /** Ends what is under way; the chat is not used any more. */
  dispose() {
    this.gone = true;
    if (this.stop) this.stop.abort();
  }

  arrange() {
    const none = !this.turns.length;
    if (none) this.log.append(this.empty);
    else this.empty.remove();
    this.fresh.hidden = none;
  }

  busy(busy) {
    this.stop = busy ? new AbortController() : null;
    const label = busy ? this.options.words.stop : this.options.words.ask;
    this.send.replaceChildren(icon(busy ? "stop" : "send"));
    this.send.setAttribute("aria-label", label);
    this.send.title = label;
    this.log.setAttribute("aria-busy", String(busy));
  }

  /** The box grows with what is in it. */
  fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, 140)}px`;
  }

  /** Scrolls so that the question stands at the top, never moving the page around. */
  show(element) {
    if (this.gone) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = element.offsetTop - this.log.offsetTop;
    this.log.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  say(text) {
    this.status.textContent = text;
  }

  emit(name, detail) {
    this.host.dispatchEvent(new CustomEvent("qa-bot:" + name, { detail, bubbles: true, composed: true }));
  }

  /** For whoever sets the page up: browsers do not tell scripts why a request did not go through. */
  warn() {
    if (this.warned) return;
    this.warned = true;
    console.warn(
      `qa-bot: no answer from ${this.options.base}. If that server is up, see that its setting ` +
      `allowed_origins names ${location.origin}, and that this page's content-security policy ` +
      "names the server in connect-src.",
    );
  }
}

async function token(host, options, again) {
  if (typeof host.tokenProvider === "function") return host.tokenProvider({ again });
  return again ? "" : host.token || options.token;
}
