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

export function deskOf(snapshot, counterId, { hold_alarm: holdAlarm, may_pick: mayPick }) {
  const counter = snapshot.counters.find((each) => each.id === counterId);
  const { waiting } = snapshot;
  return {
    counter,
    ticket: counter.ticket,
    next: counter.next,
    coming: counter.next ? waiting.find((ticket) => ticket.id === counter.next.id) || null : null,
    waiting,
    mine: waiting.filter((ticket) => takes(counter, ticket, snapshot.counters)),
    missed: snapshot.missed,
    held: [...snapshot.held].sort((a, b) => Date.parse(a.state_at) - Date.parse(b.state_at)),
    counters: snapshot.counters,
    others: snapshot.counters.filter((each) => each.id !== counterId),
    expected: snapshot.expected || null,
    printer: snapshot.printer || null,
    stops: snapshot.stops || [],
    past: (snapshot.closing && snapshot.closing.past) || [],
    holdAlarm,
    mayPick,
  };
}

/* How many wait for a counter: those it may call. */
export const lineOf = (desk, counter) => desk.waiting.filter((ticket) => takes(counter, ticket, desk.counters)).length;

/* Everybody the officer could be asked about, the line first, whose number or service holds the words typed. "44" finds A044. */
export function found(desk, words, fold) {
  const wanted = fold(words).replace(/ /g, "");
  const here = desk.counters.map((counter) => counter.ticket).filter(Boolean);
  const has = (ticket) => fold(ticket.number).replace(/ /g, "").includes(wanted) || fold(ticket.service.name).replace(/ /g, "").includes(wanted);
  return [...desk.waiting, ...desk.missed, ...desk.held, ...here].filter(has);
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
    dossier: need,
    papers: need,
    further: need,
    wrong: visit,
    names: visit === true && namesShown ? "names_shown" : visit,
    take: true,
    pause: true,
    close: true,
    handover: true,
    undo: undo ? true : "nothing_to_undo",
  };
}

/* Why somebody cannot be called before the others now: the name of the sentence, or null. */
export function noPick(desk) {
  if (!desk.mayPick) return "may_not_pick";
  if (desk.counter.state !== "open") return "counter_paused";
  return desk.ticket ? "finish_first" : null;
}

/* Why somebody without a number cannot be served at once. Nobody is overtaken where nobody waits. */
export function noServe(desk) {
  if (desk.counter.state !== "open") return "counter_paused";
  if (desk.ticket) return "finish_first";
  return desk.mine.length && !desk.mayPick ? "may_not_pick" : null;
}
