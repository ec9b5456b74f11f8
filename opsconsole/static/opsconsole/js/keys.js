// The keys of the inbox. An element says its own key in aria-keyshortcuts; here are only the keys that move.

const $ = (selector) => document.querySelector(selector);

/** The key as printed on a Latin keyboard, whatever input method is on. */
function pressed(event) {
  if (/^[a-z/?]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])") || element.isContentEditable;
}

function move(step) {
  const links = [...document.querySelectorAll("#queue-list .row__link")];
  if (!links.length) return;
  const from = links.findIndex((link) => link === document.activeElement);
  const open = links.findIndex((link) => link.hasAttribute("aria-current"));
  const start = from >= 0 ? from : open;
  const next = links[Math.min(Math.max(start + step, 0), links.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function use(element) {
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (element.matches("input")) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
}

/** What a key stands for: in an open menu its entries come first, so that `e a` is two keys. */
function meant(key) {
  const named = `[aria-keyshortcuts~="${CSS.escape(key)}"]`;
  const menu = document.querySelector("details.menu[open]");
  const inMenu = menu ? [...menu.querySelectorAll(`.menu__panel ${named}`)] : [];
  return [...inMenu, ...document.querySelectorAll(named)].find((candidate) =>
    (candidate.closest("label") ?? candidate).checkVisibility(),
  );
}

document.addEventListener("keydown", (event) => {
  const focused = event.target;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (isTyping(focused)) {
    if (event.key === "Escape" && !focused.closest("details.menu")) leave(focused);
    return;
  }
  const key = pressed(event);
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "?") $("#keys").showModal();
  else {
    const element = meant(key);
    if (!element) return;
    use(element);
  }
  event.preventDefault();
});

function leave(field) {
  const row = $("#queue-list .row__link[aria-current]");
  if (row?.checkVisibility()) row.focus({ preventScroll: true });
  else field.blur();
}
