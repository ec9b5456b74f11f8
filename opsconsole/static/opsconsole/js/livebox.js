// The box of a live desk: it counts as each platform does, sends in order, and takes words back.

import { measure } from "./measure.js";
import { posted, refusal } from "./liveacts.js";
import { now, root } from "./liveparts.js";

const TRIES = 3; // a request that was not answered is sent again with its key: never said twice
const PATIENCE = 8000; // ms

const form = document.querySelector("#live-form");
const box = document.querySelector("#live-text");
const problems = form?.querySelector("[data-problem-slot]");
let queue = Promise.resolve();

function count() {
  for (const spot of form.querySelectorAll(".spot")) {
    const most = Number(spot.dataset.max);
    const length = measure(box.value.trim(), spot.dataset.counting);
    const output = spot.querySelector("[data-count]");
    output.value = `${length} / ${most}`;
    output.dataset.over = length > most;
  }
}

function put(text, snippet = "") {
  box.value = text;
  form.elements.snippet.value = snippet;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

async function answered(fields) {
  for (let turn = 1; ; turn++) {
    const answer = await posted(form.action, fields, PATIENCE);
    if (answer || turn === TRIES) return answer;
    await new Promise((done) => setTimeout(done, 500 * turn));
  }
}

async function say(fields) {
  const answer = await answered(fields);
  if (answer?.ok) return now();
  const notice = await refusal(answer);
  if (!answer) notice.querySelector("span").textContent = form.dataset.lost;
  problems.replaceChildren(notice);
  // Back into the box under the same key: it was not taken, or will be known again.
  const since = box.value.trim();
  put(since ? `${fields.get("text")}\n${since}` : fields.get("text"), fields.get("snippet"));
  if (!since) form.elements.request_key.value = fields.get("request_key");
}

/** A key as crypto.randomUUID makes it, which a page without https does not have. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function send(submitter) {
  if (!box.value.trim()) return;
  const fields = new URLSearchParams(new FormData(form, submitter));
  form.elements.request_key.value = newKey();
  problems.replaceChildren();
  put("");
  document.dispatchEvent(new CustomEvent("said"));
  queue = queue.then(() => say(fields));
}

/** Take back what was said last, once the server has it; what still waits after its seconds, only where that is meant. */
export async function undo({ whileRunning = false } = {}) {
  await queue;
  document.querySelector(whileRunning ? ".liveundo:has(.liveundo__bar)" : ".liveundo")?.requestSubmit();
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter);
  });
  box.addEventListener("input", () => {
    if (!box.value) form.elements.snippet.value = "";
    count();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".livebox__send"));
    } else if (event.code === "KeyZ" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !box.value) {
      event.preventDefault();
      undo({ whileRunning: true });
    } else if (event.altKey && /^(Digit|Numpad)[1-9]$/.test(event.code)) {
      const key = event.code.slice(-1);
      event.preventDefault();
      document.querySelector(`.snippet__put[aria-keyshortcuts~="${key}"]`)?.click();
    }
  });
  document.addEventListener("click", (event) => {
    const snippet = event.target.closest(".snippet__put");
    if (!snippet) return;
    const before = box.value.trimEnd();
    put(before ? `${before} ${snippet.dataset.text}` : snippet.dataset.text, snippet.dataset.snippet);
  });
  // What is taken back returns to the box, before what has been typed since.
  root.addEventListener("takenback", ({ detail }) => {
    const since = box.value.trim();
    put(since ? `${detail}\n${since}` : detail);
  });
  count();
  box.focus();
}
