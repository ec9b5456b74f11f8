// The post form: each chosen account counts the words it will carry, as its platform counts.

import { measure } from "./measure.js";

const form = document.querySelector("[data-post-form]");
const body = form?.querySelector("textarea[name=body]");

function show(placement) {
  const own = placement.querySelector("textarea");
  const output = placement.querySelector("[data-count]");
  const text = own.value.trim() ? own.value : body.value;
  const max = Number(placement.dataset.max);
  const length = measure(text, placement.dataset.counting);
  output.value = `${length} / ${max}`;
  output.dataset.over = length > max;
}

function showAll() {
  for (const placement of form.querySelectorAll("[data-placement]")) show(placement);
}

if (form) {
  form.addEventListener("input", showAll);
  showAll();
}
