// One stream of hints for the page. Each becomes an event on the body: live:<topic>; live:refetch means "everything".
// While the stream is down the page is told to refetch every few seconds instead.

const POLL_EVERY = 5000;
const SILENT_AFTER = 40000; // the server speaks at least every 15 s
const RETRY_AFTER = 3000;

let stream = null;
let heardAt = 0;
let timer = 0;

function say(topic, detail = {}) {
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail }));
}

function show(state) {
  const sign = document.getElementById("live");
  if (!sign || sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = state === "live" ? sign.dataset.live : sign.dataset.down;
}

function close() {
  stream?.close();
  stream = null;
}

function open() {
  close();
  heardAt = Date.now();
  stream = new EventSource(document.body.dataset.live);
  stream.addEventListener("open", () => {
    heardAt = Date.now();
    show("live"); // the first hint is to fetch everything: it comes once the server listens for us
  });
  stream.addEventListener("ping", () => {
    heardAt = Date.now();
  });
  stream.addEventListener("hint", (event) => {
    heardAt = Date.now();
    const hint = JSON.parse(event.data);
    say(hint.topic, hint);
  });
  stream.addEventListener("error", () => show("down"));
}

function isUp() {
  return stream?.readyState === EventSource.OPEN && Date.now() - heardAt < SILENT_AFTER;
}

/** Every few seconds: poll when nothing is heard, and try the stream again. */
function watch() {
  if (isUp()) return;
  show("down");
  say("refetch");
  const isStuck = stream?.readyState !== EventSource.CONNECTING || Date.now() - heardAt > SILENT_AFTER;
  if (isStuck) setTimeout(() => document.hidden || isUp() || open(), RETRY_AFTER);
}

// A hidden page holds no stream: browsers allow few to one host, and on waking it refetches anyway.
function wake() {
  clearInterval(timer);
  if (document.hidden) {
    close();
    return;
  }
  open();
  timer = setInterval(watch, POLL_EVERY);
}

if (document.body.dataset.live) {
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pagehide", close);
  // Not before every script of the page listens: the first hint, to fetch everything, is said only once.
  if (document.readyState === "complete") wake();
  else document.addEventListener("DOMContentLoaded", wake, { once: true });
}
