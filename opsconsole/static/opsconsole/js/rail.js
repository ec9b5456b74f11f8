// On a phone "more" opens a sheet with every place; Escape, a tap beside it or leaving it closes it again.

const nav = document.querySelector("#rail-nav");
const more = document.querySelector("#rail-more");

function turn(isOpen) {
  nav.toggleAttribute("data-open", isOpen);
  more.setAttribute("aria-expanded", String(isOpen));
}

more?.addEventListener("click", () => {
  const isOpen = more.getAttribute("aria-expanded") !== "true";
  turn(isOpen);
  if (isOpen) (nav.querySelector("[aria-current]") ?? nav.querySelector(".rail__link")).focus();
});

if (more) {
  document.addEventListener("click", (event) => {
    if (!nav.contains(event.target)) turn(false);
  });
  nav.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !nav.contains(relatedTarget)) turn(false);
  });
  nav.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || more.getAttribute("aria-expanded") !== "true") return;
    event.stopPropagation();
    turn(false);
    more.focus();
  });
}
