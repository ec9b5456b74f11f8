// The calendar: a post is dragged to another day or hour, or moved with the keyboard. The server answers with the
// calendar as it stands then, and an offer to undo.

const calendar = () => document.getElementById("calendar");
const DAY = 24 * 60 * 60 * 1000;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
let dragged = null;

/** What the calendar looks at, as its address says: the answer shows the same. */
function look() {
  const asked = new URLSearchParams(location.search);
  const kept = {};
  for (const name of ["view", "zone", "unit", "account"]) if (asked.get(name)) kept[name] = asked.get(name);
  if (asked.get("day")) kept.on = asked.get("day");
  kept.view ??= calendar().dataset.view;
  return kept;
}

function move(entry, wish) {
  const values = { ...look(), version: entry.dataset.version, ...wish };
  const focus = entry.id;
  htmx
    .ajax("POST", entry.dataset.move, { source: calendar(), target: "#calendar", select: "#calendar", swap: "outerHTML", values })
    .then(() => document.getElementById(focus)?.focus())
    .catch(() => {});
}

function shifted(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function placeUnder(event) {
  return dragged && event.target.closest?.("[data-day]");
}

document.addEventListener("dragstart", (event) => {
  const entry = event.target.closest?.("[data-move]");
  if (!entry) return;
  dragged = entry;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", entry.dataset.entry);
});

document.addEventListener("dragend", () => {
  dragged = null;
  for (const place of document.querySelectorAll("[data-over]")) delete place.dataset.over;
});

document.addEventListener("dragover", (event) => {
  const place = placeUnder(event);
  if (!place) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("[data-over]")) if (other !== place) delete other.dataset.over;
  place.dataset.over = "";
});

document.addEventListener("drop", (event) => {
  const place = placeUnder(event);
  if (!place) return;
  event.preventDefault();
  const wish = { day: place.dataset.day };
  if (place.dataset.hour) wish.hour = place.dataset.hour;
  const [day, clock] = dragged.dataset.at.split("T");
  const isSame = day === wish.day && (!wish.hour || Number(wish.hour) === Number(clock.slice(0, 2)));
  if (!isSame) move(dragged, wish);
});

document.addEventListener("keydown", (event) => {
  const entry = event.target.closest?.("[data-move]");
  if (!entry || event.ctrlKey || event.metaKey) return;
  if (event.altKey && event.key in STEPS) {
    event.preventDefault();
    move(entry, { day: shifted(entry.dataset.at.slice(0, 10), STEPS[event.key]) });
  } else if (!event.altKey && event.key.toLowerCase() === "m") {
    event.preventDefault();
    ask(entry);
  }
});

/** Ask for a moment. The form is an ordinary one: its answer is a whole page. */
function ask(entry) {
  const dialog = document.getElementById("move-dialog");
  const form = dialog.querySelector("form");
  form.action = entry.dataset.move;
  form.version.value = entry.dataset.version;
  form.at.value = entry.dataset.at;
  const [told, words] = [dialog.querySelector("[data-move-what]"), entry.querySelector(".entry__words")];
  told.textContent = words.textContent;
  dialog.showModal();
  form.at.focus();
}
