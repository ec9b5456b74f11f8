// The seconds in which an answer can still be taken back.

const $ = (selector) => document.querySelector(selector);
const ends = new WeakMap(); // element -> when it leaves, on this page's own clock

function tick() {
  for (const shown of document.querySelectorAll("[data-leaves]")) {
    if (!ends.has(shown)) ends.set(shown, performance.now() + Number(shown.dataset.leaves) * 1000);
    const left = Math.ceil((ends.get(shown) - performance.now()) / 1000);
    const text = left > 0 ? shown.dataset.words.replace("{n}", String(left)) : shown.dataset.left;
    if (shown.textContent !== text) shown.textContent = text;
    if (left <= 0) shown.closest(".undo__strip")?.querySelector("button")?.remove();
  }
}

setInterval(tick, 250);
document.addEventListener("patched", tick);

// In the field that has just been emptied by sending, the usual key brings the words back.
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (!event.target.matches?.("#reply-text") || event.target.value) return;
  const undo = $("#act-undo");
  if (!undo) return;
  event.preventDefault();
  undo.click();
});
