// Talks to the bot's JSON interface.

/** Why there is no answer. `kind`: away, busy, denied, refused, failed or stopped. */
export class Problem extends Error {
  constructor(kind, more) {
    super((more && more.detail) || kind);
    this.kind = kind;
    Object.assign(this, { status: 0, hint: "", wait: 0 }, more);
  }
}

const AGAIN_AFTER = [1000, 2500]; // ms before a try again when the server is away
const BUSY_TRIES = 3;
const LONGEST_WAIT = 60; // s; who is told to wait longer is not kept waiting here
const USUAL_WAIT = 5; // s; when the header is missing or may not be read
const WHOLE = 3; // an answer that comes in one piece may take so much longer than a stream's silence

const pause = (ms, signal) =>
  new Promise((done, fail) => {
    const stopped = () => fail(new Problem("stopped"));
    if (signal.aborted) return stopped();
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stopped);
      done();
    }, ms);
    return signal.addEventListener("abort", () => {
      clearTimeout(timer);
      stopped();
    });
  });

/** Seconds from a Retry-After header, a number or a date. */
export function waitOf(header) {
  if (!header) return USUAL_WAIT;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : USUAL_WAIT;
}

/** The problem that a status and problem details (RFC 9457) tell of. */
function problemOf(status, details, wait) {
  const more = { status, detail: String(details.detail || ""), hint: String(details.hint || ""), wait };
  if (status === 429 || status === 503) return new Problem("busy", more);
  if (status === 401) return new Problem("denied", more);
  // Without details of ours it is the proxy that speaks, and it finds nobody behind it.
  if ((status === 502 || status === 504) && !more.detail) return new Problem("away", more);
  return new Problem(status >= 400 && status < 500 ? "refused" : "failed", more);
}

/** Server-sent events out of text that comes in pieces: give it text, get [event, data] pairs. */
export class EventReader {
  constructor() {
    this.rest = "";
  }

  push(text) {
    const blocks = (this.rest + text).split(/\r\n\r\n|\n\n|\r\r/);
    this.rest = blocks.pop();
    const events = [];
    for (const block of blocks) {
      let event = "message";
      const data = [];
      for (const line of block.split(/\r\n|\n|\r/)) {
        const field = /^(event|data): ?(.*)$/.exec(line);
        if (field && field[1] === "event") event = field[2];
        else if (field) data.push(field[2]);
      }
      if (data.length) events.push([event, data.join("\n")]);
    }
    return events;
  }
}

export class Server {
  /**
   * @param {string} base the bot's address, ending in a slash
   * @param {{credentials: string, language: string, timeout: number, token: function(boolean): *}}
   *   how `timeout` is the longest silence, in ms; `token(again)` gives the bearer token or
   *   nothing, `again` after one was refused
   */
  constructor(base, how) {
    this.base = base;
    this.how = how;
    this.streams = typeof ReadableStream === "function" && typeof TextDecoder === "function";
  }

  /**
   * The answer to a question. Tries again when the server is away or busy.
   * @param {Object} body what /api/v1/ask takes
   * @param {AbortSignal} signal stops it
   * @param {function(string, Object): void} tell called with "progress", "away" and "busy"
   */
  async ask(body, signal, tell) {
    let away = 0;
    let busy = 0;
    for (;;) {
      try {
        return await this._ask(body, signal, tell);
      } catch (problem) {
        if (problem.kind === "away" && !problem.late && away < AGAIN_AFTER.length) {
          tell("away", {});
          await pause(AGAIN_AFTER[away], signal);
          away += 1;
        } else if (problem.kind === "busy" && busy < BUSY_TRIES && problem.wait <= LONGEST_WAIT) {
          busy += 1;
          for (let left = problem.wait; left > 0; left -= 1) {
            tell("busy", { seconds: left });
            await pause(1000, signal);
          }
          tell("progress", {});
        } else {
          throw problem;
        }
      }
    }
  }

  async _ask(body, signal, tell) {
    if (this.streams) {
      try {
        return await this._request("ask/stream", body, signal, (response, alive) =>
          readEvents(response, alive, tell));
      } catch (problem) {
        if (problem.status !== 404 && problem.status !== 405) throw problem;
        this.streams = false; // an older server
      }
    }
    return this._request("ask", body, signal, (response) => response.json());
  }

  /** Questions to start with; none when the server has none to give. */
  async suggestions(count) {
    try {
      const given = await this._request(`suggestions?count=${count}`, null, null, (r) => r.json());
      return given.questions.map(String).slice(0, count);
    } catch (problem) {
      if (problem.kind === "away") throw problem;
      return [];
    }
  }

  /** Says that an answer helped or did not. */
  feedback(body) {
    return this._request("feedback", body, null, (response) => response.text());
  }

  async _request(path, body, signal, read, renewed) {
    const stop = new AbortController();
    const onStop = () => stop.abort();
    if (signal) {
      if (signal.aborted) throw new Problem("stopped");
      signal.addEventListener("abort", onStop);
    }
    const streams = path.endsWith("/stream");
    let timer = 0;
    let late = false;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        late = true;
        stop.abort();
      }, streams ? this.how.timeout : WHOLE * this.how.timeout);
    };
    alive();
    try {
      const headers = {
        accept: streams ? "text/event-stream, application/json" : "application/json",
        "accept-language": this.how.language,
      };
      const token = renewed || (await this.how.token(false));
      if (token) headers.authorization = `Bearer ${token}`;
      if (body) headers["content-type"] = "application/json";
      const response = await fetch(`${this.base}api/v1/${path}`, {
        method: body ? "POST" : "GET",
        headers,
        body: body ? JSON.stringify(body) : undefined,
        credentials: this.how.credentials,
        signal: stop.signal,
      });
      if (response.ok) return await read(response, alive);
      if (response.status === 401 && token && !renewed) {
        const other = await this.how.token(true);
        if (other && other !== token) return await this._request(path, body, signal, read, other);
      }
      const details = await response.json().catch(() => ({}));
      throw problemOf(response.status, details, waitOf(response.headers.get("retry-after")));
    } catch (problem) {
      if (problem instanceof Problem) throw problem;
      if (signal && signal.aborted) throw new Problem("stopped");
      throw new Problem("away", { detail: String(problem), late });
    } finally {
      clearTimeout(timer);
      if (signal) signal.removeEventListener("abort", onStop);
    }
  }
}

async function readEvents(response, alive, tell) {
  if (!/^text\/event-stream/.test(response.headers.get("content-type") || "")) return response.json();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    alive();
    const text = done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true });
    for (const [event, data] of events.push(text)) {
      if (event === "progress") tell("progress", JSON.parse(data));
      if (event === "answer") return JSON.parse(data);
      if (event === "problem") {
        const details = JSON.parse(data);
        throw problemOf(Number(details.status) || 500, details, waitOf(String(details.retry_after || "")));
      }
    }
    if (done) throw new Problem("away", { detail: "The stream ended without an answer." });
  }
}
