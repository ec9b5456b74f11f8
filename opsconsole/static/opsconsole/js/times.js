// Keeps "12m" and "1h 20m left" true as time goes by, and their colour with them.

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

/** Say a countdown in two units at most, as inbox/templatetags/clocks.py does. */
function span(seconds) {
  const whole = Math.max(1, Math.floor(seconds / 60));
  const parts = [
    [Math.floor(whole / 1440), days],
    [Math.floor(whole / 60) % 24, hours],
    [whole % 60, minutes],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  return parts
    .slice(first, first + 2)
    .filter(([number]) => number > 0)
    .map(([number, words]) => words.format(number))
    .join(" ");
}

const SOON = 0.25; // of the time between wait and due

function countDown(time) {
  const due = Date.parse(time.dateTime);
  const rest = (due - Date.now()) / 1000;
  const words = rest < 0 ? document.body.dataset.over : document.body.dataset.left;
  const text = words.replace("#", span(rest < 0 ? -rest : Math.ceil(rest / 60) * 60));
  if (time.textContent !== text) time.textContent = text;
  const isSoon = rest * 1000 <= (due - Date.parse(time.dataset.since)) * SOON;
  time.dataset.age = rest < 0 ? "overdue" : isSoon ? "aging" : "fresh";
}

/** Bring every waiting time below `root` up to date. */
export function tick(root = document) {
  for (const time of root.querySelectorAll("time[data-due]")) countDown(time);
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
