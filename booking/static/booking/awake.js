// Keeps the telephone's screen on while the QR is shown, where the browser can.

async function stayAwake() {
  try {
    await navigator.wakeLock.request("screen");
  } catch (error) {
    // Without it the screen dims as always.
  }
}

if ("wakeLock" in navigator) {
  stayAwake();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stayAwake();
  });
}
