// Pictures for an answer: pasted or dropped into the composer they take the way of a chosen file.

const $ = (selector) => document.querySelector(selector);
const isPicture = (item) => item.kind === "file" && (item.type.startsWith("image/") || item.type === "video/mp4");

function pictureIn(data) {
  return [...(data?.items ?? [])].find(isPicture)?.getAsFile() ?? null;
}

/** Put a file into the file field and let the field send it, as if it had been chosen. */
function give(file) {
  const field = $("#picture-file");
  if (!field) return;
  const carrier = new DataTransfer();
  carrier.items.add(file);
  field.files = carrier.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  if (!event.target.closest?.("#reply-form") || !$("#picture-file")) return;
  const file = pictureIn(event.clipboardData);
  if (!file) return;
  event.preventDefault();
  give(file);
});

document.addEventListener("dragover", (event) => {
  if (!event.target.closest?.("#composer") || ![...event.dataTransfer.items].some(isPicture)) return;
  if (!$("#picture-file") || !$("#mode-reply")?.checked) return;
  event.preventDefault();
  $("#composer").toggleAttribute("data-dropping", true);
});
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, () => $("#composer")?.toggleAttribute("data-dropping", false));
}
document.addEventListener("drop", (event) => {
  if (!event.target.closest?.("#composer") || !$("#picture-file")) return;
  const file = pictureIn(event.dataTransfer);
  if (!file) return;
  event.preventDefault();
  give(file);
});

// A refused file is forgotten, so that it can be chosen again once it is smaller.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id === "picture-file") detail.elt.value = "";
});
// Enter in a field beside the answer sends nothing; in the field of the time it means that time.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || field.form?.id !== "reply-form" || !field.matches("input")) return;
  event.preventDefault();
  if (field.id === "send-at") document.getElementById("send-then").click();
});
