// Choosing rows of the queue: x chooses, shift-click chooses up to here. What is chosen outlives a live refresh,
// with the version that was on the screen when it was chosen.

const $ = (selector) => document.querySelector(selector);
const boxes = () => [...document.querySelectorAll("#queue-list input[name=chosen]")];
const chosen = new Map(); // number of the conversation -> value of its box when it was chosen
let last = null;

const number = (box) => box.value.split(":")[0];

function show() {
  const bar = $("#bulk");
  if (!bar) return;
  bar.toggleAttribute("data-open", chosen.size > 0);
  $("#bulk-count").textContent = String(chosen.size);
}

function choose(box, isChosen) {
  box.checked = isChosen;
  if (isChosen) chosen.set(number(box), box.value);
  else chosen.delete(number(box));
}

function forget() {
  chosen.clear();
  for (const box of boxes()) box.checked = false;
  const whole = $("#bulk input[name=whole]");
  if (whole) whole.checked = false;
  show();
}

/** Boxes that came anew are ticked as their predecessors were; what left the list is no longer chosen. */
function restore() {
  const here = boxes();
  const ids = new Set(here.map(number));
  for (const id of [...chosen.keys()]) if (!ids.has(id)) chosen.delete(id);
  for (const box of here) {
    const value = chosen.get(number(box));
    box.checked = value !== undefined;
    if (value) box.value = value;
  }
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("#queue-list input[name=chosen]")) return;
  choose(box, box.checked);
  const all = boxes();
  const from = all.indexOf(last);
  if (event.shiftKey && from >= 0) {
    const ends = [from, all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(ends[0], ends[1] + 1)) choose(between, box.checked);
  }
  last = box;
  show();
});

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.code !== "KeyX" || !isPlain || event.target.matches("textarea, select, input:not([type=checkbox])")) return;
  const row = event.target.closest(".row") ?? $("#queue-list [aria-current]")?.closest(".row");
  const box = row?.querySelector("input[name=chosen]");
  if (!box) return;
  choose(box, !box.checked);
  last = box;
  show();
  event.preventDefault();
});

document.addEventListener("reset", (event) => {
  if (event.target.id === "bulk") setTimeout(forget);
});
document.addEventListener("patched", restore);
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.elt?.id !== "bulk" || !detail.successful) return;
  forget();
});
// What needs more than a button is asked for on a page of its own.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "bulk" || event.detail.parameters.act !== "more") return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("#bulk [data-plain]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const act = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: "more" });
  form.append(act);
  form.submit();
});
restore();
