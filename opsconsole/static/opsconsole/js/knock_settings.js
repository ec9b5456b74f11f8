// Asking the browser for leave to show notices: only when somebody presses the button for it.

const box = document.getElementById("knock-permission");
const ask = document.getElementById("knock-ask");

function tell() {
  const state = "Notification" in window ? Notification.permission : "denied";
  box.hidden = state === "granted";
  ask.hidden = state !== "default";
  if (state === "denied") box.querySelector("span").textContent = box.dataset.denied;
}

ask.addEventListener("click", async () => {
  await Notification.requestPermission();
  tell();
});
tell();
