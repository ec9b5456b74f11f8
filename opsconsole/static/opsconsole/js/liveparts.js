// The parts of a live desk that change: fetched together, never twice at a time, once more when it was asked meanwhile.

import { quiet } from "./refetch.js";

const SETTLE = 80; // ms in which hints are gathered

export const root = document.querySelector("#livedesk");

let timer = 0;
let isBusy = false;
let isDirty = false;
let underWay = Promise.resolve();
const ends = new WeakMap(); // bar -> when the line leaves, on this page's own clock

/** Fetch everything that changes, soon. */
export function refresh(delay = SETTLE) {
  if (isBusy) isDirty = true;
  else if (!timer) timer = setTimeout(now, delay);
}

/** Fetch everything that changes; what is being fetched already is not enough. */
export async function now() {
  clearTimeout(timer);
  timer = 0;
  while (isBusy) await underWay;
  isBusy = true;
  underWay = fetched();
  await underWay;
  isBusy = false;
  if (isDirty) {
    isDirty = false;
    refresh();
  }
}

async function fetched() {
  // When the console does not answer, live.js says so and everything is fetched again later.
  await quiet(root.dataset.now, root).catch(() => {});
}

function drawBars() {
  for (const bar of document.querySelectorAll(".liveundo__bar")) {
    if (!ends.has(bar)) ends.set(bar, performance.now() + Number(bar.dataset.leaves) * 1000);
    const left = Math.max(0, (ends.get(bar) - performance.now()) / 1000);
    bar.value = left;
    if (left > 0) continue;
    bar.remove();
    refresh(400);
  }
}

setInterval(drawBars, 100);

// When a desk was let out, closed or reopened, the page is another; what is being written is not taken away.
const first = document.querySelector("#live-alerts");
const wasOpen = first.dataset.open;
const spoke = first.dataset.speaks;
document.addEventListener("patched", () => {
  const { open, speaks } = document.querySelector("#live-alerts").dataset;
  if ((open !== wasOpen || speaks !== spoke) && !document.querySelector("#live-text")?.value) location.reload();
});
