// A live desk: what changes is fetched when the stream says so; signs of life; keys outside the box.

import "./liveacts.js";
import { undo } from "./livebox.js";
import { refresh, root } from "./liveparts.js";
import { TAB, post } from "./tab.js";

const BEAT = 10000; // ms between two signs of life
const TYPES_FOR = 8000; // ms after a key stroke in which somebody counts as typing

// --- What is heard ---
for (const topic of ["livedesk", "livepresence"]) {
  document.body.addEventListener(`live:${topic}`, ({ detail }) => {
    if (String(detail.id) === root.dataset.desk) refresh();
  });
}
document.body.addEventListener("live:delivery", ({ detail }) => {
  if (document.querySelector(`[data-delivery="${Number(detail.id)}"]`)) refresh();
});
document.body.addEventListener("live:hold", () => refresh());
let isFirst = true; // the stream's first word comes with a page that is fresh anyway
document.body.addEventListener("live:refetch", () => {
  if (!isFirst) refresh();
  isFirst = false;
});
document.addEventListener("patched", ({ detail }) => detail.isHeld && refresh(1500));

// --- Signs of life ---
let typedAt = -Infinity;
let said = "";

function state() {
  return performance.now() - typedAt < TYPES_FOR ? "typing" : "viewing";
}

function beat() {
  if (document.hidden) return;
  said = state();
  post(root.dataset.presence, { tab: TAB, state: said }).catch(() => {});
}

function leave() {
  post(root.dataset.presence, { tab: TAB, state: "gone" }).catch(() => {});
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "live-text") return;
  typedAt = event.target.value ? performance.now() : -Infinity;
  if (said !== state()) beat();
});
document.addEventListener("said", () => {
  typedAt = -Infinity;
  beat();
});
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : beat()));
window.addEventListener("pagehide", leave);
window.addEventListener("pageshow", (event) => event.persisted && beat());
setInterval(beat, BEAT);
beat();

// --- Keys outside a field: the number of a snippet, and z ---
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = field.matches("textarea, select, input:not([type=checkbox])");
  if (event.key === "Escape" && field.id === "live-text") field.blur();
  if (isTyping) return;
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  const meant = /^[a-z0-9]$/.test(key) && document.querySelector(`#livedesk [aria-keyshortcuts~="${key}"]`);
  if (!meant) return;
  event.preventDefault();
  if (key === "z") undo();
  else meant.click();
});
