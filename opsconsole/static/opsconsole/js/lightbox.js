// Pictures of a conversation, large: click one, walk with the arrow keys, close with Esc. Without scripts the link opens them.

const $ = (selector) => document.querySelector(selector);
let shown = null;

/** The pictures that stand beside the shown one, in the order of the page. */
function all() {
  return [...document.querySelectorAll("#workspace [data-enlarge]")];
}

function show(link) {
  shown = link;
  const picture = link.querySelector("img");
  const large = new Image();
  large.referrerPolicy = "no-referrer";
  large.alt = picture.alt;
  large.src = link.href;
  $("#enlarged-picture").replaceChildren(large);
  $("#enlarged-words").textContent = picture.alt;
  $("#enlarged-original").href = link.href;
  const links = all();
  for (const button of document.querySelectorAll("#enlarged [data-step]")) {
    button.disabled = !links[links.indexOf(link) + Number(button.dataset.step)];
  }
}

function step(by) {
  const links = all();
  const next = links[links.indexOf(shown) + by];
  if (next) show(next);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#enlarged [data-step]");
  if (button) step(Number(button.dataset.step));
  if (event.target.id === "enlarged") event.target.close(); // beside the picture
  const link = event.target.closest("[data-enlarge]");
  if (!link || !$("#enlarged") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link);
  $("#enlarged").showModal();
});

document.addEventListener("keydown", (event) => {
  if (!$("#enlarged")?.open) return;
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});

$("#enlarged")?.addEventListener("close", () => {
  $("#enlarged-picture").replaceChildren();
  if (shown?.isConnected) shown.focus();
  shown = null;
});
