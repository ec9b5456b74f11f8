// Parts of ordinary pages that follow the stream of hints: [data-live-topics] names what they show,
// data-live-url where they are fetched, data-live-id the one row they are about. A delivery counts when it is shown.
// data-live-every fetches again after so many seconds, for what changes without a hint: a poll that went well.

import { Refetch, heard, quiet } from "./refetch.js";

const SETTLE = 150; // ms in which hints are gathered

const loadedAt = Date.now();
const fetchedAt = new Map(); // id of a part -> when
const refetches = new Map(); // id of a part -> its fetching

function parts() {
  return document.querySelectorAll("[data-live-topics][id]");
}

function isAbout(part, topic, id) {
  if (!part.dataset.liveTopics.split(" ").includes(topic)) return false;
  if (!part.dataset.liveId) return true;
  const shown = topic === part.dataset.liveTopics.split(" ")[0] ? part.dataset.liveId : "";
  return shown === String(id) || part.querySelector(`[data-${topic}="${CSS.escape(String(id))}"]`) !== null;
}

function fetchSoon({ id }) {
  if (!refetches.has(id)) refetches.set(id, new Refetch(() => fetched(id), SETTLE));
  refetches.get(id).soon();
}

async function fetched(id) {
  fetchedAt.set(id, Date.now());
  const part = document.getElementById(id);
  if (part) await quiet(part.dataset.liveUrl, part, { select: `#${CSS.escape(id)}` });
}

for (const topic of ["account", "campaign", "conversation", "delivery", "draft", "hold", "image", "import", "notice", "post", "presence", "rehearsal", "series"]) {
  document.body.addEventListener(`live:${topic}`, ({ detail }) => {
    heard();
    for (const part of parts()) if (isAbout(part, topic, detail.id)) fetchSoon(part);
  });
}

document.addEventListener("acted", ({ detail }) => {
  for (const part of parts()) if (detail.isOvertaken || refetches.get(part.id)?.isBusy) fetchSoon(part);
});

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
