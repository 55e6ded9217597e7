/* Which calls of a board concern this screen, and which have still to be said. ES2017. */
export const keyOf = (call) => `${call.call_id}/${call.times}`;
export const lastCalled = (call) => Date.parse(call.last_called_at || call.called_at);

/* The board as this screen shows it: of its fields only, or of its counter only. Where it has none of its own: all. */
export function boardOf(screen, board) {
  const { fields, counter, layout } = screen;
  const ours = (one) => (!fields.length || fields.indexOf(one.field) >= 0) && (layout !== "counter" || one.counter === counter);
  const takes = (each) => !fields.length || each.fields.some((field) => fields.indexOf(field) >= 0);
  return Object.assign({}, board, {
    recent: board.recent.filter(ours),
    now_serving: board.now_serving.filter(ours),
    waiting_by_field: board.waiting_by_field.filter((one) => !fields.length || fields.indexOf(one.field) >= 0),
    counters: board.counters.filter((each) => (layout === "counter" ? each.number === counter : takes(each))),
    stops: board.stops.filter((stop) => !stop.field || !fields.length || fields.indexOf(stop.field) >= 0),
  });
}

/* Whether its person is still awaited at that counter. */
export function isAwaited(board, call) {
  return board.now_serving.some((one) => one.number === call.number && one.counter === call.counter && one.state === "called");
}

/* makeUnsaid() -> (board, now) => the calls to be said, in their order. Those of the very first board are not: they were
   said before the screen was opened. A call that was missed meanwhile is said unless it is old. */
const OLD_MS = 90000;

export function makeUnsaid() {
  let known = null;
  return (board, now) => {
    const before = known;
    known = {};
    board.recent.forEach((call) => { known[keyOf(call)] = true; });
    if (before === null) return [];
    return board.recent
      .filter((call) => !before[keyOf(call)] && now - lastCalled(call) < OLD_MS)
      .sort((one, other) => lastCalled(one) - lastCalled(other));
  };
}
