// Who else is here: signs of life from this tab, and what those of others look like in the list and the thread.

import { TAB, lookAround, open, post } from "./tab.js";

const $ = (selector) => document.querySelector(selector);
const BEAT = 10000; // ms between two signs of life
const TYPES_FOR = 12000; // ms after a key stroke in which somebody counts as typing
const ANSWERS_FOR = 80000; // ms after a key stroke in which the answer is kept for its writer
const GATHER = 250; // ms in which hints about the list are gathered

let shown = open();
let typedAt = -Infinity;
let answeredAt = -Infinity;
let isLosing = false; // somebody else is answering

function state() {
  return performance.now() - typedAt < TYPES_FOR ? "typing" : "viewing";
}

async function beat() {
  if (!shown || document.hidden) return;
  const isAnswering = performance.now() - answeredAt < ANSWERS_FOR;
  const fields = { tab: TAB, state: state(), ...(isAnswering ? { answering: "1" } : {}) };
  const mine = shown.id;
  try {
    const response = await post(`${shown.url}presence/`, fields);
    const lease = response.status === 200 ? await response.json() : {};
    if (shown?.id !== mine || !isAnswering) return;
    if (lease.is_mine === false && !isLosing) lookAround(0);
    isLosing = lease.is_mine === false;
  } catch {
    // Nobody hears us; the others see us go, and the next sign of life brings us back.
  }
}

function leave(how) {
  if (shown) post(`${shown.url}presence/`, { tab: TAB, state: how }).catch(() => {});
}

document.addEventListener("input", (event) => {
  if (!event.target.matches(".composer__text")) return;
  const was = state();
  typedAt = performance.now();
  const isReply = event.target.id === "reply-text";
  const isNews = was !== "typing" || (isReply && performance.now() - answeredAt > BEAT);
  if (isReply) answeredAt = typedAt;
  if (isNews) beat();
});

// Sent or thrown away: the answer is free for others, and nobody types any more.
for (const event of ["replied", "noted", "discarded"]) {
  document.addEventListener(event, () => {
    typedAt = answeredAt = -Infinity;
    beat();
  });
}

document.addEventListener("opened", () => {
  const next = open();
  if (next?.id !== shown?.id) leave("gone");
  shown = next;
  typedAt = answeredAt = -Infinity;
  isLosing = false;
  beat();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) leave("away");
  else beat();
});
window.addEventListener("pagehide", () => leave("gone"));
window.addEventListener("pageshow", (event) => event.persisted && beat());
setInterval(beat, BEAT);
beat();

// --- What is heard of others ---

for (const topic of ["presence", "draft"]) {
  document.body.addEventListener(`live:${topic}`, ({ detail }) => {
    if (String(detail.id) === shown?.id && detail.tab !== TAB) lookAround();
    if (topic === "presence") lookOver();
  });
}
let isFirst = true; // the stream's first word comes with a page that is fresh anyway
document.body.addEventListener("live:refetch", () => {
  if (!isFirst) lookAround();
  isFirst = false;
  lookOver();
});

// --- The list: its rows have an empty place each, filled from one answer for all of them ---

let signs = new Map();
let timer = 0;

function fill() {
  for (const place of document.querySelectorAll(".row__here")) {
    const found = signs.get(place.id.slice("here-".length));
    const html = found?.innerHTML ?? "";
    if (place.dataset.shown === html) continue;
    place.dataset.shown = html;
    place.replaceChildren(...(found ? document.importNode(found, true).childNodes : []));
  }
}

function lookOver() {
  if (timer || document.hidden) return;
  timer = setTimeout(async () => {
    timer = 0;
    const rows = [...document.querySelectorAll("#queue-list > [data-id]")].slice(0, 200);
    if (!rows.length) return;
    try {
      const response = await fetch(`/here/?ids=${rows.map((row) => row.dataset.id).join(",")}`, { redirect: "manual" });
      if (response.status !== 200) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      signs = new Map([...page.querySelectorAll("[data-here]")].map((sign) => [sign.dataset.here, sign]));
      fill();
    } catch {
      // The console does not answer; live.js says so and asks again.
    }
  }, GATHER);
}

let listed = "";
document.addEventListener("patched", () => {
  fill();
  const rows = [...document.querySelectorAll("#queue-list > [data-id]")].map((row) => row.dataset.id).join();
  if (rows !== listed) lookOver();
  listed = rows;
});
lookOver();
