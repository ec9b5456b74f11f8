// Parts of ordinary pages that follow the stream of hints: [data-live-topics] names what they show,
// data-live-url where they are fetched, data-live-id the one row they are about. A delivery counts when it is shown.
// data-live-every fetches again after so many seconds, for what changes without a hint: a poll that went well.

const SETTLE = 150; // ms in which hints are gathered

const loadedAt = Date.now();
const fetchedAt = new Map(); // id of a part -> when
const timers = new Map(); // id of a part -> timer

function parts() {
  return document.querySelectorAll("[data-live-topics][id]");
}

function isAbout(part, topic, id) {
  if (!part.dataset.liveTopics.split(" ").includes(topic)) return false;
  if (!part.dataset.liveId) return true;
  const shown = topic === part.dataset.liveTopics.split(" ")[0] ? part.dataset.liveId : "";
  return shown === String(id) || part.querySelector(`[data-${topic}="${CSS.escape(String(id))}"]`) !== null;
}

/** A hint that comes while others are gathered joins them: a steady stream of hints delays nothing. */
function fetchSoon(part) {
  if (timers.has(part.id)) return;
  timers.set(part.id, setTimeout(() => fetchNow(part.id), SETTLE));
}

function fetchNow(id) {
  timers.delete(id);
  fetchedAt.set(id, Date.now());
  const part = document.getElementById(id);
  if (!part) return;
  const headers = { "X-Quiet": "1" };
  // A page that goes away, or a console that does not answer: live.js says so and asks again.
  htmx.ajax("GET", part.dataset.liveUrl, { source: part, target: part, select: `#${CSS.escape(id)}`, swap: "patch", headers }).catch(() => {});
}

for (const topic of ["account", "campaign", "conversation", "delivery", "draft", "hold", "image", "import", "notice", "post", "presence", "rehearsal", "series"]) {
  document.body.addEventListener(`live:${topic}`, ({ detail }) => {
    for (const part of parts()) if (isAbout(part, topic, detail.id)) fetchSoon(part);
  });
}

document.body.addEventListener("live:refetch", () => {
  for (const part of parts()) fetchSoon(part);
});

setInterval(() => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live-every][id]")) {
    const age = Date.now() - (fetchedAt.get(part.id) ?? loadedAt);
    if (age >= Number(part.dataset.liveEvery) * 1000) fetchSoon(part);
  }
}, 1000);
