// What every page does: closing menus, notices and dialogs; where refusals and failures appear.

import "./knock.js";
import "./live.js";
import "./palette.js";
import "./parts.js";
import "./patch.js";
import "./rail.js";
import "./times.js";

const $ = (selector, root = document) => root.querySelector(selector);

/** Show a notice in the region that is read out, and let it go after a while. */
export function toast(node) {
  const region = $("#toasts");
  region.append(node);
  if (node.getAttribute("role") !== "alert") setTimeout(() => node.remove(), 6000);
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-dismiss]")) target.closest(".notice").remove();
  const opener = target.closest("[data-opens]");
  if (opener) $(`#${opener.dataset.opens}`)?.showModal();
  if (target.closest("[data-closes]")) target.closest("dialog").close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target) || target.closest("a.menu__item")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]") ?? $("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  $("summary", menu).focus();
});

// An opened menu closes the others and puts the cursor where one would type or choose.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.open || !menu.matches(".menu")) return;
    for (const other of document.querySelectorAll("details.menu[open]")) {
      if (other !== menu) other.open = false;
    }
    $("[autofocus], .menu__panel input:not([type=hidden])", menu)?.focus();
  },
  true,
);

// What was chosen in a menu has been done: it closes even where nothing around it changed.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const menu = detail.successful && detail.requestConfig.verb !== "get" && detail.elt.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  if (document.activeElement === document.body || menu.contains(document.activeElement)) $("summary", menu).focus();
});

// Where places or tabs stand in a row that scrolls, the one that is open must be in sight.
for (const row of document.querySelectorAll("#rail-nav, .tabs")) {
  $("[aria-current]", row)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// A picture that cannot be fetched gives way to what stands behind it; some fail before this script runs.
for (const picture of document.querySelectorAll("img[data-fallback]")) {
  if (picture.complete && picture.naturalWidth === 0) picture.remove();
}
document.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLImageElement && "fallback" in event.target.dataset) {
      event.target.remove();
    }
  },
  true,
);

// Refusals (4xx with a problem fragment) appear in the slot nearest to what was pressed, else as a toast.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status < 400) return;
  event.detail.shouldSwap = false;
  if (requestConfig.headers["X-Quiet"]) return;
  const found = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const problem = $("[data-problem]", found) ?? $("#toast-lost").content.firstElementChild;
  const notice = document.importNode(problem, true);
  const pressed = requestConfig.elt; // the event's own element is the one that would have been changed
  const slot = $("[data-problem-slot]", pressed.closest("form") ?? pressed);
  if (slot) slot.replaceChildren(notice);
  else toast(notice);
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig?.headers["X-Quiet"]) return;
  toast(document.importNode($("#toast-lost").content.firstElementChild, true));
});

let waiting = 0;
for (const [name, step] of [["htmx:beforeRequest", 1], ["htmx:afterRequest", -1]]) {
  document.addEventListener(name, (event) => {
    if (event.detail.requestConfig?.headers["X-Quiet"]) return;
    waiting = Math.max(0, waiting + step);
    document.documentElement.classList.toggle("is-loading", waiting > 0);
  });
}
