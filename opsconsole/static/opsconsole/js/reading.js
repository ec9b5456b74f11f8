// What the reader has seen: told to the console once the thread has been looked at, and taken back with "mark unread".

const DWELL = 800; // ms for which a conversation must be looked at to count as read
const $ = (selector) => document.querySelector(selector);

let timer = 0;
let told = ""; // what was told last: conversation and version
let kept = ""; // the conversation that was marked unread; it stays so until it is opened anew

function isAtEnd() {
  const box = $("#conversation-scroll");
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

async function tell() {
  timer = 0;
  const shown = $("[data-read]");
  if (!shown || document.hidden || shown.dataset.conversation === kept) return;
  const lines = $("#timeline").dataset;
  const now = `${shown.dataset.conversation}:${lines.version}`;
  if (now === told) return;
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
  const body = new URLSearchParams({ version: lines.version, newest: lines.newest });
  try {
    const answer = await fetch(shown.dataset.read, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    if (!answer.ok) return;
    told = now;
    document.getElementById(`c-${shown.dataset.conversation}`)?.removeAttribute("data-unread");
  } catch {
    // The console is away; the next look tells it.
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(tell, DWELL);
}

/** Go to the first line that is new; returns whether there is one. */
export function toFirstUnread() {
  const mark = $("#since-you");
  mark?.scrollIntoView({ block: "start" });
  return mark !== null;
}

document.addEventListener("opened", () => {
  kept = "";
  soon();
});
document.addEventListener("patched", () => {
  if (isAtEnd()) soon();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) soon();
});
document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.id === "conversation-scroll" && isAtEnd()) soon();
  },
  true,
);
// Before the act's answer comes: nothing that is under way may mark it read again.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.id !== "act-unread") return;
  clearTimeout(timer);
  kept = $("[data-read]")?.dataset.conversation ?? "";
  told = "";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.elt.id !== "act-unread" || !detail.successful) return;
  document.getElementById(`c-${kept}`)?.setAttribute("data-unread", "");
});

soon();
