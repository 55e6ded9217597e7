/* What one counter sees of a snapshot of the line. Pure: a snapshot in, a desk out. */

export const OPEN = ["called", "serving"];

/* Whether this counter may call that ticket. One sent to a counter that is not closed is taken only there; one that came
   back with its papers is only better known there. */
export function takes(counter, ticket, counters) {
  const sent = ticket.for_counter && !(ticket.reason && ticket.reason.code === "returned");
  const target = sent ? counters.find((each) => each.id === ticket.for_counter) : null;
  if (target && target.state !== "closed") return target.id === counter.id;
  return counter.services.includes(ticket.service.code);
}

export function deskOf(snapshot, counterId, settings) {
  const counter = snapshot.counters.find((each) => each.id === counterId);
  return {
    counter,
    ticket: counter.ticket,
    next: counter.next,
    waiting: snapshot.waiting,
    mine: snapshot.waiting.filter((ticket) => takes(counter, ticket, snapshot.counters)),
    missed: snapshot.missed,
    held: [...snapshot.held].sort((a, b) => Date.parse(a.state_at) - Date.parse(b.state_at)),
    counters: snapshot.counters,
    expected: snapshot.expected || null,
    printer: snapshot.printer || null,
    holdAlarm: settings.hold_alarm,
  };
}

/* What may be done now: name -> true, or the name of the sentence that says why not. */
export function allowed(desk, { undo, recallIn, namesShown }) {
  const ticket = desk.ticket;
  const called = ticket && ticket.state === "called";
  const need = ticket ? true : "none_called";
  const needCalled = called ? true : ticket ? "already_serving" : "none_called";
  const open = desk.counter.state === "open";
  const visit = !ticket ? "none_called" : ticket.visit ? true : "no_booking";
  return {
    next: !open ? "counter_paused" : ticket || desk.next ? true : "nobody_here",
    serve: needCalled,
    recall: called && recallIn > 0 ? "recall_wait" : needCalled,
    absent: needCalled,
    hold: need,
    transfer: need,
    finish: need,
    papers: need,
    wrong: visit,
    names: visit === true && namesShown ? "names_shown" : visit,
    take: true,
    pause: true,
    close: true,
    undo: undo ? true : "nothing_to_undo",
  };
}
