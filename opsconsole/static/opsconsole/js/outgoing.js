// An answer as it will go out: with the co-tag that the server adds, which is shown behind the words.

/** Return the words of a field with their co-tag; one that was typed by hand is not doubled. */
export function outgoing(field) {
  const suffix = field.dataset.suffix ?? "";
  const bare = field.value.trimEnd();
  return !suffix || bare.endsWith(suffix.trim()) ? field.value : bare + suffix;
}

/** Handles that weigh nothing at the head of an answer to the line that is being answered. */
export function uncounted() {
  return (document.querySelector("#reply-state")?.dataset.uncounted ?? "").split(" ").filter(Boolean);
}

/** Show the co-tag where it will stand. */
export function drawSuffix(field) {
  const ghost = field.parentElement?.querySelector(".signed__ghost");
  if (!ghost) return;
  const words = field.value.trimEnd();
  ghost.querySelector(".signed__words").textContent = words;
  ghost.hidden = !words || outgoing(field) === field.value;
  ghost.scrollTop = field.scrollTop;
}

document.addEventListener(
  "scroll",
  (event) => {
    if (event.target.matches?.(".signed > textarea")) drawSuffix(event.target);
  },
  true,
);
