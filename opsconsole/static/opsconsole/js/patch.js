// The "patch" swap of htmx: each root element of an answer takes the place of the element with its id.
// Lists marked data-keyed are matched child by child, so that focus, scroll and typed text stay.

const made = new WeakMap(); // element -> the html the server made it from

/** Html without what differs at every rendering: form tokens and relative times. */
function clean(html) {
  return html
    .replace(/name="(?:csrfmiddlewaretoken|seen_at)" value="[^"]*"/g, "")
    .replace(/(<time[^>]*?datetime="[^"]*")[^>]*>[^<]*<\/time>/g, "$1>");
}

function origin(node) {
  if (!made.has(node)) made.set(node, clean(node.outerHTML));
  return made.get(node);
}

/** Remember how everything looks as it came, before any script touches it. */
export function remember(root = document) {
  for (const node of root.querySelectorAll("[data-keyed] > *, [data-version], [data-live-topics], #reply-state, #company, #drafts, #draft-news, #undo")) origin(node);
}

const ACTING = "[hx-post].htmx-request"; // the answer of an act is lost with the form or button it came from

/** Whether somebody is typing, choosing or acting inside: a quiet refresh must not take it away. */
function isInUse(node) {
  const active = document.activeElement;
  const typing = node.contains(active) && active.matches("input:not([type=hidden]), textarea, select");
  return typing || node.matches(ACTING) || node.querySelector(`details.menu[open], ${ACTING}`) !== null;
}

/** Opened folds stay open in the new version. */
function keepFolds(old, next) {
  const folds = next.querySelectorAll("details:not(.menu)");
  old.querySelectorAll("details:not(.menu)").forEach((fold, i) => {
    if (fold.open && folds[i]) folds[i].open = true;
  });
}

function copyAttributes(old, next) {
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

class Patch {
  constructor(isQuiet) {
    this.isQuiet = isQuiet;
    this.fresh = [];
    this.isHeld = false;
  }

  whole(old, next) {
    const html = clean(next.outerHTML);
    if (origin(old) === html) return;
    if (this.isQuiet && isInUse(old)) {
      this.isHeld = true;
      return;
    }
    keepFolds(old, next);
    made.set(next, html);
    old.replaceWith(next);
    this.fresh.push(next);
  }

  keyed(old, next) {
    const wanted = [...next.children];
    const have = new Map([...old.children].map((node) => [node.id, node]));
    const isMore = next.hasAttribute("data-append");
    next.removeAttribute("data-append");
    copyAttributes(old, next);
    if (isMore) {
      for (const node of wanted) if (!have.has(node.id)) this.place(old, null, node);
      return;
    }
    let cursor = this.dropGone(old, wanted, have);
    for (const node of wanted) {
      const present = have.get(node.id);
      if (present && this.mayStay(present, node)) {
        if (present === cursor) cursor = cursor.nextElementSibling;
        else old.insertBefore(present, cursor);
        continue;
      }
      if (present) {
        keepFolds(present, node);
        if (present === cursor) cursor = cursor.nextElementSibling;
        present.remove();
      }
      this.place(old, cursor, node);
    }
  }

  /** Remove what is gone; in a sliding list keep what lies before the window. Returns where to begin. */
  dropGone(old, wanted, have) {
    const ids = new Set(wanted.map((node) => node.id));
    const known = wanted.find((node) => have.has(node.id)); // a fold at the edge may have opened meanwhile
    const first = old.dataset.keyed === "slide" && known ? have.get(known.id) : null;
    let isBefore = Boolean(first);
    for (const node of [...old.children]) {
      if (node === first) isBefore = false;
      if (!isBefore && !ids.has(node.id)) node.remove();
    }
    return first ?? old.firstElementChild;
  }

  mayStay(present, node) {
    if (origin(present) === clean(node.outerHTML)) return true;
    if (!this.isQuiet || !isInUse(present)) return false;
    this.isHeld = true;
    return true;
  }

  place(list, cursor, node) {
    made.set(node, clean(node.outerHTML));
    list.insertBefore(node, cursor);
    this.fresh.push(node);
  }
}

/** Give the cursor back to the same thing, to what took its place, or to the head of the conversation. */
function refocus(active, item, index, list) {
  if (!active || active === document.body) return;
  if (document.contains(active)) {
    if (document.activeElement !== active) active.focus({ preventScroll: true });
    return;
  }
  const same = active.id && document.getElementById(active.id);
  const instead = item && list?.isConnected && list.children[Math.min(index, list.children.length - 1)];
  const target = same || instead?.querySelector("a, button") || document.getElementById("conversation-title");
  target?.focus({ preventScroll: true });
}

let isQuiet = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  isQuiet = Boolean(event.detail.requestConfig?.headers["X-Quiet"]);
});

htmx.defineExtension("patch", {
  handleSwap(style, _target, fragment) {
    if (style !== "patch") return false;
    const active = document.activeElement;
    const item = active?.closest("[data-keyed] > *");
    const list = item?.parentElement;
    const index = item ? [...list.children].indexOf(item) : -1;
    const patch = new Patch(isQuiet);
    for (const next of [...fragment.children]) {
      const old = next.id && document.getElementById(next.id);
      if (!old) continue;
      if ("keyed" in next.dataset) patch.keyed(old, next);
      else patch.whole(old, next);
    }
    refocus(active, item, index, list);
    document.dispatchEvent(new CustomEvent("patched", { detail: { isHeld: patch.isHeld, isQuiet } }));
    return patch.fresh;
  },
});

remember();
