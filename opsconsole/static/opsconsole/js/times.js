// Keeps "12m" true as time goes by, and its colour with it.

const language = document.documentElement.lang || "en";
const unit = (name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "narrow" });
const minutes = unit("minute");
const hours = unit("hour");
const days = unit("day");

const ages = (document.body.dataset.ages ?? "").split(" ").map((step) => step.split(":"));

function said(seconds) {
  if (seconds < 60) return document.body.dataset.now;
  if (seconds < 3600) return minutes.format(Math.floor(seconds / 60));
  if (seconds < 86400) return hours.format(Math.floor(seconds / 3600));
  return days.format(Math.floor(seconds / 86400));
}

/** Bring every waiting time below `root` up to date. */
export function tick(root = document) {
  for (const time of root.querySelectorAll("time[data-wait], time[data-elapsed]")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    const text = said(seconds);
    if (time.textContent !== text) time.textContent = text;
    if (!("wait" in time.dataset)) continue;
    const reached = ages.filter(([, at]) => seconds >= Number(at)).at(-1);
    time.dataset.age = reached ? reached[0] : "fresh";
  }
}

setInterval(tick, 10000);
