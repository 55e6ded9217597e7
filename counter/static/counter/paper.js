/* Whether a slip may be expected: its job is on the way and its printer is not known to be out of order. */
export function onPaper(ticket) {
  const { state, printer } = ticket.print || {};
  return ["queued", "sending", "printed", "handed"].includes(state) && printerWell(printer);
}

export const printerWell = (state) => ["ok", "near_end", "unknown"].includes(state);
