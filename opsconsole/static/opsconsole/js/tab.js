// What the scripts of one tab share: its name, for as long as the page is open, and how they speak with the server.

import { quiet } from "./refetch.js";

const $ = (selector) => document.querySelector(selector);

/** Tells this tab from others of the same person. A copied tab gets a name of its own. */
export const TAB = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The conversation that is open: its number, and the address below which its parts are found. */
export function open() {
  const shown = $("[data-conversation]");
  return shown && { id: shown.dataset.conversation, url: shown.dataset.timeline.replace(/timeline\/$/, "") };
}

/** Send a few words without waiting for the screen; they arrive even while the page goes away. */
export function post(url, fields) {
  const token = $("#composer input[name=csrfmiddlewaretoken], input[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams(fields);
  return fetch(url, { method: "POST", body, keepalive: true, redirect: "manual", headers: { "X-CSRFToken": token } });
}

let timer = 0;

/** Fetch again who is here and how the drafts stand, once for many hints. */
export function lookAround(delay = 120) {
  if (timer) return;
  timer = setTimeout(async () => {
    timer = 0;
    const shown = open();
    if (!shown || document.hidden) return;
    // Its own source: htmx queues requests of one element, and nobody waits for a queued one's end.
    // When the console does not answer, live.js says so and everything is fetched again later.
    await quiet(`${shown.url}beside/`, "[data-conversation]").catch(() => {});
  }, delay);
}
