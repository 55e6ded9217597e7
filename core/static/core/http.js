/* Sending to our own JSON API. Nothing is thrown: a lost network is an answer too. */

export function newKey() {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes); /* randomUUID needs https; a kiosk may live on a plain ward network */
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* send("POST", "/api/v1/...", {…}, {key}) -> {ok, status, data}; status 0 = no connection, and then trying again with the
   same `key` is safe: the server answers the same thing once. `data` is the JSON, a problem document when not ok. */
export async function send(method, address, body, { key, timeout = 15000 } = {}) {
  const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
  const csrf = document.querySelector('meta[name="csrf-token"]');
  if (csrf) headers["X-CSRFToken"] = csrf.content;
  if (body !== undefined && body !== null) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = key || newKey();
  const stop = typeof AbortController === "function" ? new AbortController() : null;
  const timer = setTimeout(() => stop && stop.abort(), timeout);
  try {
    const answer = await fetch(address, {
      method, headers, credentials: "same-origin", cache: "no-store",
      body: headers["Content-Type"] ? JSON.stringify(body) : undefined,
      signal: stop ? stop.signal : undefined,
    });
    const text = await answer.text();
    let data = null;
    try { data = text ? JSON.parse(text) : null; } catch (notJson) { data = null; }
    return { ok: answer.ok, status: answer.status, data };
  } catch (lost) {
    return { ok: false, status: 0, data: null };
  } finally {
    clearTimeout(timer);
  }
}
