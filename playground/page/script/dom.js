// Building elements: every text goes in as text, so nothing that a person typed becomes markup.

/** An element with properties, attributes (as `attr`), listeners (`onclick`) and children. */
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  if (name === "button") element.type = "button";
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "attr") {
      for (const [attribute, text] of Object.entries(value)) {
        if (text !== undefined && text !== null) element.setAttribute(attribute, text);
      }
    } else if (key === "dataset") Object.assign(element.dataset, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  attach: "M19 11.5 12 18.4a4.6 4.6 0 0 1-6.5-6.5l7.4-7.3a3 3 0 0 1 4.3 4.3l-7.4 7.2a1.5 1.5 0 0 1-2.1-2.1l6.8-6.7",
  close: "M6 6l12 12M18 6 6 18",
  commands: "M5 7h14M5 12h14M5 17h9",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8c.3-3.7 3.5-6 7.5-6s7.2 2.3 7.5 6",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 9l6 6 6-6",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  forward: "M13 6l6 6-6 6M19 12H5",
  keys: "M4 7h16v10H4zM7.5 10.5h.01M12 10.5h.01M16.5 10.5h.01M8 14h8",
  language: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3.5 12h17M12 3c2.5 2.4 3.7 5.4 3.7 9s-1.2 6.6-3.7 9c-2.5-2.4-3.7-5.4-3.7-9S9.5 5.4 12 3Z",
  link: "M10 14a4.5 4.5 0 0 0 6.4 0l3-3a4.5 4.5 0 0 0-6.4-6.4l-1 1M14 10a4.5 4.5 0 0 0-6.4 0l-3 3a4.5 4.5 0 0 0 6.4 6.4l1-1",
  more: "M12 5.5h.01M12 12h.01M12 18.5h.01",
  out: "M8 16 17 7M9 7h8v8",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v6",
  place: "M12 21s7-6.3 7-11.5A7 7 0 0 0 5 9.5C5 14.7 12 21 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8h3v3H8zM13 13h3v3h-3zM13 8h3v3h-3zM8 13h3v3H8z",
  send: "M4 12 20 4l-5 16-3.5-6.5z",
  share: "M15 5l5 5-5 5M20 10h-8c-4.5 0-7 2.5-8 8",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.7 5.7l12.6 12.6",
  time: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3.5 2",
  plus: "M12 5v14M5 12h14",
};

/** A line drawing; it says nothing, so its button needs a label. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

/** A round button that is an icon only. */
export function iconButton(name, label, onclick, classes = "") {
  const button = h("button", { onclick, attr: { "aria-label": label, title: label } }, icon(name));
  button.className = `icon-button ${classes}`.trim();
  return button;
}

const HUES = [168, 204, 262, 330, 18, 42, 96, 230];

/** A disc with a person's first letter, in a colour of theirs. */
export function avatar(id, name) {
  const letters = Array.from(name.trim() || "?");
  const disc = h("span.avatar", { attr: { "aria-hidden": "true" } }, letters[0].toUpperCase());
  disc.style.setProperty("--hue", HUES[Math.abs(id) % HUES.length]);
  return disc;
}
