// The inbox as a living screen: what is fetched again when, and where the eye stays meanwhile.

import "./audience.js";
import "./composer.js";
import "./keys.js";
import "./pictures.js";
import "./lightbox.js";
import { toFirstUnread } from "./reading.js";
import "./narrow.js";
import { Refetch, heard, quiet } from "./refetch.js";
import { tick } from "./times.js";

const $ = (selector) => document.querySelector(selector);
const SETTLE = 60; // ms in which hints are gathered
const HELD = 1500; // ms after which a part that was in use is tried again

const list = new Refetch(() => {
  const rows = $("#queue-list");
  const headers = { "X-Seen": rows.dataset.seen, "X-Rows": String(rows.children.length) };
  return quiet(location.pathname + location.search, "#queue", { headers });
}, SETTLE);

const thread = new Refetch(async () => {
  const shown = $("[data-conversation]");
  if (!shown) return;
  // A delivery under way moves without a new version of its conversation.
  const isMoving = shown.querySelector(".message--pending") !== null;
  const headers = { "X-Seen": isMoving ? "" : $("#timeline").dataset.version };
  await quiet(shown.dataset.timeline + location.search, "#timeline", { headers });
}, SETTLE);

document.body.addEventListener("live:conversation", ({ detail }) => {
  list.soon();
  if (String(detail.id) !== $("[data-conversation]")?.dataset.conversation) return;
  heard();
  thread.soon();
});
document.body.addEventListener("live:delivery", ({ detail }) => {
  heard(); // it may be that of an answer whose sending is under way
  if (thread.isBusy || $(`[data-delivery="${Number(detail.id)}"]`)) thread.soon();
});
document.body.addEventListener("live:refetch", () => {
  list.soon();
  thread.soon();
});

// An answer that comes after the person has moved on is no longer wanted.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig.headers["X-Quiet"]) {
    const shown = $("[data-conversation]")?.dataset.timeline.replace(/timeline\/$/, "");
    const asked = new URL(requestConfig.path, location.href);
    const isOfShown = shown && asked.pathname.startsWith(shown);
    if (!isOfShown && asked.href !== location.href) event.detail.shouldSwap = false;
  } else if (xhr.status === 409) {
    thread.soon();
  }
});
document.addEventListener("acted", ({ detail }) => {
  list.soon();
  if (detail.isOvertaken || thread.isBusy) thread.soon();
});
document.addEventListener("patched", ({ detail }) => {
  if (detail.isHeld) thread.soon(HELD);
});

// --- Where the eye is ---
const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
let wasAtEnd = true;
let lastLine = "";

function toEnd() {
  const box = $("#conversation-scroll");
  if (box) box.scrollTop = box.scrollHeight;
  if ($("#conversation-news")) $("#conversation-news").hidden = true;
}

/** Where reading begins: at the first line that is new, else at the end. */
function toStart() {
  if (!toFirstUnread()) toEnd();
  wasAtEnd = !$("#conversation-scroll") || isAtEnd($("#conversation-scroll"));
}

document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.id !== "conversation-scroll") return;
    wasAtEnd = isAtEnd(event.target);
    if (wasAtEnd) $("#conversation-news").hidden = true;
  },
  true,
);
document.addEventListener("click", (event) => {
  if (event.target.closest("#conversation-news")) toEnd();
});
document.addEventListener("replied", () => setTimeout(toEnd));

document.addEventListener("patched", () => {
  const line = $("#timeline")?.lastElementChild?.id ?? "";
  if (line === lastLine) {
    if (wasAtEnd) toEnd();
    return;
  }
  lastLine = line;
  if (wasAtEnd) toEnd();
  else $("#conversation-news").hidden = false;
});

/** Mark the open conversation in the list. */
function markCurrent() {
  const open = $("[data-conversation]")?.dataset.conversation;
  for (const link of document.querySelectorAll("#queue-list .row__link")) {
    if (link.id === `open-${open}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function opened() {
  lastLine = $("#timeline")?.lastElementChild?.id ?? "";
  toStart();
  document.dispatchEvent(new CustomEvent("opened"));
  const active = document.activeElement;
  if (active === document.body || !active.checkVisibility()) $("#conversation-title")?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "workspace") opened();
  else if (detail.target.id === "queue" && !detail.requestConfig.headers["X-Quiet"]) {
    if (!new URL(detail.requestConfig.path, location.href).searchParams.has("cursor")) $("#queue").scrollTop = 0;
  }
  markCurrent();
  tick();
});

// Empty fields do not belong in an address that people share. A search that is emptied ends.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-tidy]")) return;
  const given = event.detail.parameters;
  const isTyping = event.detail.triggeringEvent?.type === "input";
  if (isTyping && /:\S*$/.test(given.text ?? "")) return event.preventDefault(); // an operator is still being written
  for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
  if (!given.text && given.view === "all" && event.target.id === "queue-search") given.view = "open";
});

// The menu of filters is fetched when it is opened, for the list that is shown now.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "filter-panel") return;
  if (!event.target.closest("details").open) event.preventDefault();
  event.detail.path = event.target.dataset.here + location.search;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "queue") return;
  $("#queue-search [data-problem-slot]")?.replaceChildren();
  if (detail.requestConfig.elt?.id === "queue-filters") $("#filters").open = false;
});


tick();
lastLine = $("#timeline")?.lastElementChild?.id ?? "";
toStart();
