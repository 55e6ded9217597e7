/* What is stopped today, in words, for the console and the tablet. */
import { say } from "/static/core/dom.js";

export const stopWords = (stops, words) => stops.map((stop) => say(stop.field ? words.stopped_field : words.stopped_all, stop)).join(" ");
