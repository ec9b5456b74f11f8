// Lists that become shorter while one types into the field above them; Enter takes the first that is left.

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-narrow]")) return;
  const form = target.closest("[data-narrows]");
  const words = target.value.trim().toLocaleLowerCase();
  let left = 0;
  for (const item of form.querySelectorAll("[data-narrow] ~ .menu__item[value]")) {
    item.hidden = words !== "" && !item.textContent.toLocaleLowerCase().includes(words);
    if (!item.hidden) left += 1;
  }
  form.querySelector("[data-narrow-none]").hidden = left > 0;
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-narrow]")) return;
  const items = [...field.closest("[data-narrows]").querySelectorAll(".menu__item[value]:not([hidden])")];
  if (event.key === "ArrowDown") items[0]?.focus();
  else if (event.key === "Enter" && !event.isComposing) items[0]?.click();
  else return;
  event.preventDefault();
});
