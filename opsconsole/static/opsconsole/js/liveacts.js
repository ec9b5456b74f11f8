// What is pressed at a live desk. The parts around a button are fetched anew all the time, so a request belongs to none.

import { toast } from "./console.js";
import { refresh, root } from "./liveparts.js";

const $ = (selector, from = document) => from.querySelector(selector);

/** Post a form the way a script does; returns the answer, or null when there was none. */
export async function posted(url, fields, patience = 15000) {
  const headers = { "X-CSRFToken": fields.get("csrfmiddlewaretoken"), "HX-Request": "true" };
  const signal = AbortSignal.timeout(patience);
  return fetch(url, { method: "POST", body: fields, headers, redirect: "manual", signal }).catch(() => null);
}

/** Return what a refusal says, or that the console did not answer. */
export async function refusal(answer) {
  const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = (page && $("[data-problem]", page)) ?? $("#toast-lost").content.firstElementChild;
  return document.importNode(found, true);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("#livedesk [data-act]")) return;
  event.preventDefault();
  const url = event.submitter?.getAttribute("formaction") || form.action;
  const answer = await posted(url, new URLSearchParams(new FormData(form, event.submitter)));
  const menu = form.closest("details.menu");
  if (!answer?.ok) {
    const slot = form.isConnected && $("[data-problem-slot]", form);
    const notice = await refusal(answer);
    if (slot) slot.replaceChildren(notice);
    else toast(notice);
  } else {
    if (menu) menu.open = false;
    if ("resets" in form.dataset) form.reset();
    if (form.matches(".liveundo")) root.dispatchEvent(new CustomEvent("takenback", { detail: form.dataset.words }));
  }
  refresh(0);
});
