/* Draws the charts of a page of figures with uPlot. The same figures stand in a table below each; see pieces.html, `chart`. */
import { pageData, say, setText } from "/static/core/dom.js";

const HEIGHT = 240;
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480];
const PEOPLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];
const { charts, here } = pageData("charts");

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const FONT = `14px ${token("--font")}`;

function number(value) {
  return value === null || value === undefined ? "–" : value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
}

/* Not more labels than have room: about one for each 56 pixels. */
function steps(count, width) {
  return Math.max(1, Math.ceil((count * 56) / width));
}

function line(series) {
  if (series.look === "bars") {
    return { label: series.name, fill: token("--muted"), stroke: token("--muted"), paths: window.uPlot.paths.bars({ size: [0.7, 48] }), points: { show: false } };
  }
  const dashed = series.look === "dashed";
  return { label: series.name, stroke: token(dashed ? "--ink" : "--red"), width: 3, dash: dashed ? [8, 6] : [], points: { show: series.values.length < 40, size: 7 } };
}

function draw(chart) {
  const figure = document.querySelector(`[data-chart="${chart.id}"]`);
  const place = figure.querySelector(".chart-place");
  if (!place) return; // nothing to draw: the page says so
  const told = figure.querySelector(".chart-here");
  const grid = { stroke: token("--line"), width: 1 };
  const axis = { font: FONT, stroke: token("--ink"), grid, ticks: grid };
  const top = Math.max(1, ...chart.series.flatMap((series) => series.values.filter((value) => value !== null)));
  const tell = (plot) => {
    const at = plot.cursor.idx;
    if (at === null || at === undefined) { setText(told, "\u00a0"); return; }
    const value = chart.series.map((series) => number(series.values[at])).join(" / ");
    setText(told, say(here, { name: chart.names[at], value, unit: chart.unit }));
  };
  const plot = new window.uPlot({
    width: place.clientWidth, height: HEIGHT, legend: { show: false }, padding: [12, 12, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
    scales: { x: { time: false, range: [-0.6, chart.labels.length - 0.4] }, y: { range: [0, top * 1.1] } },
    series: [{}, ...chart.series.map(line)],
    axes: [
      { ...axis, grid: { show: false }, size: 36,
        splits: (self) => { const step = steps(chart.labels.length, self.width); return chart.labels.map((_, at) => at).filter((at) => at % step === 0); },
        values: (_, splits) => splits.map((at) => chart.labels[at]) },
      { ...axis, size: 30 + 9 * number(Math.ceil(top)).length, space: 36, incrs: chart.series[0].look === "bars" ? PEOPLE : MINUTES, values: (_, splits) => splits.map(number) },
    ],
    hooks: { setCursor: [tell] },
  }, [chart.labels.map((_, at) => at), ...chart.series.map((series) => series.values)], place);
  new ResizeObserver(() => {
    if (place.clientWidth && place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height: HEIGHT });
  }).observe(place);
}

/* On paper nobody can open a table. */
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = Array.from(document.querySelectorAll(".chart-table:not([open])"));
  opened.forEach((details) => { details.open = true; });
});
window.addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

/* A canvas is drawn with what fonts are there: ours are waited for. */
document.documentElement.classList.add("charts-drawn");
const drawn = () => { charts.forEach(draw); document.documentElement.dataset.charts = "drawn"; };
document.fonts.load(FONT).then(drawn, drawn);
