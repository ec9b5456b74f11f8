// A part of the screen that is fetched anew again and again: never twice at a time, once more when it was asked
// meanwhile. What the server does not answer in time is given up, so that one lost answer does not end the following.

const PATIENCE = 20000; // ms

export class Refetch {
  constructor(fetchIt, settle) {
    this.fetchIt = fetchIt;
    this.settle = settle; // ms in which hints are gathered: a steady stream of them delays nothing
    this.timer = 0;
    this.isBusy = false;
    this.isDirty = false;
  }

  soon(delay = this.settle) {
    if (this.isBusy) {
      this.isDirty = true;
      return;
    }
    if (this.timer) return;
    this.timer = setTimeout(() => this.now(), delay);
  }

  async now() {
    this.timer = 0;
    this.isBusy = true;
    try {
      await Promise.race([this.fetchIt(), new Promise((done) => setTimeout(done, PATIENCE))]);
    } catch {
      // The console does not answer; live.js says so and asks again.
    }
    this.isBusy = false;
    if (this.isDirty) {
      this.isDirty = false;
      this.soon();
    }
  }
}

/**
 * Fetch what takes the place of its like on the screen, without taking away what somebody is typing into.
 * An answer is lost when its source has left the page by then: choose one that stays.
 */
export function quiet(url, source, { headers = {}, ...more } = {}) {
  return htmx.ajax("GET", url, { source, target: source, swap: "patch", headers: { "X-Quiet": "1", ...headers }, ...more });
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.headers["X-Quiet"]) detail.timeout = PATIENCE;
});

let hints = 0;
const before = new WeakMap(); // request of an act -> hints heard before it left

/** Count a hint about what is shown. */
export function heard() {
  hints += 1;
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") before.set(detail.xhr, hints);
});

// The answer to an act may be older than what a hint has fetched since, and may have taken away the source of what is
// being fetched: whoever listens fetches once more.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!before.has(detail.xhr)) return;
  const isOvertaken = before.get(detail.xhr) !== hints;
  before.delete(detail.xhr);
  document.dispatchEvent(new CustomEvent("acted", { detail: { isOvertaken } }));
});
