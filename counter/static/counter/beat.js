/* A worker that does nothing but count the minutes. */
setInterval(() => postMessage("beat"), 60000);
