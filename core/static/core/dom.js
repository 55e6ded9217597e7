/* Building and changing nodes without innerHTML, so that no text can become markup. */

/* el("li", {class: "row", hidden: false, dataset: {id: 7}, onclick: fn}, "text", otherNode) */
export function el(tag, attrs, ...kids) {
  const node = document.createElement(tag);
  Object.keys(attrs || {}).forEach((name) => {
    const value = attrs[name];
    if (name === "dataset") Object.keys(value).forEach((key) => { node.dataset[key] = value[key]; });
    else if (name.slice(0, 2) === "on") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  });
  node.append(...kids.filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

/* Replace everything in `node`. */
export function fill(node, ...kids) {
  while (node.firstChild) node.removeChild(node.firstChild);
  node.append(...kids.filter((kid) => kid !== null && kid !== undefined && kid !== false));
}

/* Change a text only when it differs: a live region is not read twice for nothing. */
export function setText(node, text) {
  if (node && node.textContent !== String(text)) node.textContent = text;
}

/* An icon of icons.svg; `sprite` is its address, which the template writes on <body data-icons="..."> or hands over. */
export function icon(name, sprite) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sprite || document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/* "{n} người chờ" with {n: 4}: sentences come from the template, translated, with named places. Braces, because a template's
   gettext fills %(n)s itself and fails without it. */
export function say(sentence, places) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? places[name] : whole));
}

/* The page's <script type="application/json" id="..."> data. */
export function pageData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
