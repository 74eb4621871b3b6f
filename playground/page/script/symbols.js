// Pictures for the emoji that the bot speaks with, on machines whose fonts have none.
//
// Where the system draws emoji nothing is touched. Elsewhere each known one stays in the text, as
// a letter that is not painted, with a small drawing of our own behind it: it can still be found,
// copied and read aloud.

import { h } from "./dom.js";

const G = "#22a06b", R = "#d9483b", Y = "#f0b429", B = "#3b82c4", D = "#5b6573", V = "#8b5fbf";
const O = "#e8833a", W = "#fff", P = "#e86a92";
const box = (colour) => `<rect x="2" y="2" width="20" height="20" rx="5" fill="${colour}"/>`;
const disc = (colour) => `<circle cx="12" cy="12" r="10" fill="${colour}"/>`;
const line = (path, colour = W, width = 2.6) =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const fill = (path, colour) => `<path d="${path}" fill="${colour}"/>`;
const star = (colour) =>
  fill("M12 2.5l2.9 6.1 6.6.9-4.8 4.6 1.2 6.6-5.9-3.2-5.9 3.2 1.2-6.6L2.5 9.5l6.6-.9z", colour);
const face = (mouth) =>
  disc(Y) + `<circle cx="8.5" cy="10" r="1.4" fill="${D}"/><circle cx="15.5" cy="10" r="1.4" fill="${D}"/>` + line(mouth, D, 1.8);
const person = (colour) => `<circle cx="12" cy="7.5" r="4.5" fill="${colour}"/>` + fill("M3.5 21c.4-5 3.8-7.5 8.5-7.5s8.1 2.5 8.5 7.5z", colour);
const bell = fill("M12 3a6 6 0 0 0-6 6c0 5-2 6.5-2 8h16c0-1.5-2-3-2-8a6 6 0 0 0-6-6Zm-2.5 15.5a2.5 2.5 0 0 0 5 0z", Y);
const gift = fill("M4 11h16v10H4z", R) + fill("M3 7h18v4.5H3z", "#e8695e") + fill("M10.5 7h3v14h-3z", Y) + line("M12 7C9 7 7 5.5 8 3.8S11.5 4 12 7c.5-3 3-4.9 4-3.2S15 7 12 7", Y, 1.8);
const paper = (path) => `<path d="${path}" fill="#eef2f6" stroke="#8b97a5" stroke-width="1.4" stroke-linejoin="round"/>`;
const sheet = paper("M5 2.5h10l4 4v15H5z") + line("M8.5 9h7M8.5 13h7M8.5 17h4", D, 1.6);
const heart = (colour, edge = "none") => `<path d="M12 20.5C4 15 2.5 11 2.5 8.2 2.5 5.5 4.5 3.5 7.2 3.5c2 0 3.8 1.2 4.8 3 1-1.8 2.8-3 4.8-3 2.7 0 4.7 2 4.7 4.7 0 2.8-1.5 6.8-9.5 12.3z" fill="${colour}" stroke="${edge}" stroke-width="1.4"/>`;
const folder = fill("M2 5h7l2 3h11v12H2z", Y) + fill("M2 10h20v10H2z", "#f6c453");
const letterbox = paper("M2 5h20v14H2z") + line("M3 6l9 7 9-7", D, 1.6);
const calendar = fill("M3 5h18v16H3z", "#e3e8ee") + fill("M3 4h18v5H3z", R) + line("M7 13h2M11 13h2M15 13h2M7 17h2M11 17h2", D, 1.8);
const chart = box("#e3e8ee") + fill("M6 12h3v7H6z", B) + fill("M10.5 8h3v11h-3z", G) + fill("M15 5h3v14h-3z", R);
const medal = (colour) => fill("M7 2h4l2 6H9zM13 2h4l-2 6h-4z", B) + `<circle cx="12" cy="15" r="7" fill="${colour}"/>` + `<circle cx="12" cy="15" r="4.6" fill="none" stroke="${W}" stroke-width="1.3"/>`;
const speech = (colour) => fill("M3 4h18v12H11l-5 4.5V16H3z", colour);
const digit = (text) => box(B) + `<text x="12" y="17" text-anchor="middle" font-size="14" font-weight="700" font-family="sans-serif" fill="${W}">${text}</text>`;

const DRAWINGS = {
  "✅": box(G) + line("M7 12.5l3.5 3.5L17.5 8.5"),
  "❌": line("M5 5l14 14M19 5L5 19", R, 4),
  "⏭": box(B) + fill("M6 7l6 5-6 5zM12 7l5 5-5 5zM16.5 7h2v10h-2z", W),
  "⏪": box(B) + fill("M12 7l-6 5 6 5zM18 7l-6 5 6 5z", W),
  "❄": line("M12 2.5v19M3.8 7.2l16.4 9.6M20.2 7.2L3.8 16.8", "#5aa9e6", 2.2) + line("M9.5 4.5L12 7l2.5-2.5M9.5 19.5L12 17l2.5 2.5", "#5aa9e6", 1.8),
  "✔": line("M4 12.5l5.5 5.5L20 6", G, 3.4),
  "✖": line("M5 5l14 14M19 5L5 19", D, 3.6),
  "➕": line("M12 4v16M4 12h16", G, 4),
  "➖": line("M4 12h16", R, 4),
  "⭐": star(Y), "🌟": star(Y), "✨": fill("M10 4l1.7 5.3L17 11l-5.3 1.7L10 18l-1.7-5.3L3 11l5.3-1.7zM18.5 3l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8zM18 15l.8 2.2 2.2.8-2.2.8L18 21l-.8-2.2-2.2-.8 2.2-.8z", Y),
  "🎁": gift,
  "🖨": fill("M6 2.5h12v6H6z", "#e3e8ee") + fill("M2.5 8h19v9h-19z", D) + paper("M6 14h12v7.5H6z") + `<circle cx="18.5" cy="11" r="1.2" fill="${G}"/>`,
  "📒": fill("M5 2.5h15v19H5z", Y) + fill("M5 2.5h3v19H5z", "#c98a12") + line("M11 8h6M11 12h6", W, 1.8),
  "🔁": box(B) + line("M7 11V9.5C7 8.5 7.7 8 8.6 8H16M14 5.8L16.4 8 14 10.2M17 13v1.5c0 1-.7 1.5-1.6 1.5H8M10 18.2L7.6 16 10 13.8", W, 1.9),
  "👀": `<ellipse cx="7" cy="12" rx="4.6" ry="6.5" fill="${W}" stroke="${D}" stroke-width="1.3"/><ellipse cx="17" cy="12" rx="4.6" ry="6.5" fill="${W}" stroke="${D}" stroke-width="1.3"/><circle cx="8.6" cy="13" r="2.2" fill="${D}"/><circle cx="18.6" cy="13" r="2.2" fill="${D}"/>`,
  "🙈": disc("#a9744f") + `<circle cx="12" cy="13.5" r="6.5" fill="#e8c9a8"/>` + line("M4.5 9.5c3 3 5 3 7 1M19.5 9.5c-3 3-5 3-7 1", "#7d5236", 3.4) + line("M10 16.8c1.3 1 2.7 1 4 0", D, 1.5),
  "✋": fill("M6 11.5V6.2a1.4 1.4 0 0 1 2.8 0V4.4a1.4 1.4 0 0 1 2.8 0v-1a1.4 1.4 0 0 1 2.8 0v2a1.4 1.4 0 0 1 2.8 0V13l1.2-1.6c1-1.3 3 .1 2.3 1.5l-3 5.6c-1 1.9-2.6 3-5 3C8.400 21.500 6 18.500 6 15z", Y),
  "🎂": fill("M3 12h18v9H3z", P) + fill("M3 12c2 3 4 3 6 0 2 3 4 3 6 0 2 3 4 3 6 0v-2H3z", W) + fill("M11 5h2v5h-2z", B) + fill("M12 1.5c1.5 1.5 1.5 3 0 3.5-1.5-.5-1.5-2 0-3.5z", O),
  "🎉": fill("M3 21l5-13 8 8z", Y) + line("M14 4c1 1 1 2 0 3M18 9c1-1 2-1 3 0M17 4l.1.1M20 13l.1.1", R, 2.4) + line("M12 9c0-3 2-4 3-6M14 11c3 0 4-2 7-3", B, 1.8),
  "🥳": face("M8 14.5c1 2.5 7 2.5 8 0z"), "😊": face("M7.5 14c1.5 3 7.5 3 9 0"), "🙂": face("M8 14.5c2 2 6 2 8 0"),
  "😀": face("M7.5 14c1.5 3.5 7.5 3.5 9 0z"), "😔": face("M8.5 16.5c1.5-2 5.5-2 7 0"), "😕": face("M8.5 16.5c2-1.5 5-1.5 7-1"), "😞": disc(Y) + line("M6.5 11.4l3.4-1.6M17.5 11.4l-3.4-1.6", D, 1.7) + line("M7.8 17.6c1.6-3.6 6.8-3.6 8.4 0", D, 1.8), "🙁": face("M8.5 16.2c1.8-1.3 5.2-1.3 7 0"),
  "💳": fill("M2 5h20v14H2z", B) + fill("M2 8h20v3.5H2z", D) + line("M5 15.5h5", W, 1.6),
  "🪪": fill("M2 5h20v14H2z", "#e3e8ee") + `<circle cx="7.5" cy="10.5" r="2.2" fill="${B}"/>` + fill("M4 16.5c.3-4 6.7-4 7 0z", B) + line("M14 10h5M14 14h5", D, 1.6),
  "💰": fill("M9 3h6l-1.5 4h-3z", O) + fill("M10.5 7h3c4 2.5 6.5 6 6.5 9.5 0 3-2 4.5-4 4.5H8c-2 0-4-1.5-4-4.5 0-3.5 2.5-7 6.5-9.5z", Y) + line("M12 11v7M9.8 16.5c1.5 1.5 4.4 1 4.4-.7 0-2.3-4.4-1.2-4.4-3.3 0-1.6 2.7-2 4.2-.6", "#8a6a12", 1.5),
  "🪙": disc(Y) + `<circle cx="12" cy="12" r="6.5" fill="none" stroke="#b9860b" stroke-width="1.6"/>`,
  "🏅": medal(Y), "🥇": medal(Y), "🥈": medal("#aab4c0"), "🥉": medal(O), "🎖": medal(R),
  "🏆": fill("M7 3h10v6a5 5 0 0 1-10 0zM10.5 14h3v3.5h-3zM7.5 18h9v3h-9z", Y) + line("M7 5H4c0 4 1.5 5 3.5 5M17 5h3c0 4-1.5 5-3.5 5", Y, 1.8),
  "🔧": line("M5 19l8-8", D, 4) + fill("M20 7.5a5 5 0 1 1-5-5l-2 3.5 2.5 3.5z", D),
  "🛠": line("M5 19L17 7", D, 3.2) + line("M19 19L7 7", O, 3.2) + fill("M3 6l4-4 3 3-4 4z", D),
  "💎": fill("M6 3.5h12l4 6L12 21 2 9.5z", "#5ec5e8") + line("M2.5 9.5h19M8 9.5L12 20l4-10.5M8 9.5l2-6M16 9.5l-2-6", W, 1.2),
  "📣": fill("M3 9.5v5l3 .5L17 20V4L6 9z", R) + fill("M6 15l1.5 5.5h3L9 15.5z", D) + line("M20 8.5c1.5 2 1.5 5 0 7", D, 1.8),
  "📢": fill("M3 9.5v5l3 .5L17 20V4L6 9z", B) + line("M20 8.5c1.5 2 1.5 5 0 7", D, 1.8),
  "🔥": fill("M12 2c1 4 6.5 6.5 6.5 12.5A6.5 6.5 0 0 1 12 21.5a6.5 6.5 0 0 1-6.5-7C5.5 11 8 10 8 7c2 1 2.5 2.5 2.5 3.5C12 9 12.5 5 12 2z", O) + fill("M12 12c2.5 2 3 3.5 3 5.5a3 3 0 0 1-6 0C9 15.5 11 14.5 12 12z", Y),
  "👑": fill("M3 7l4.5 4L12 4l4.5 7L21 7l-2 12H5z", Y),
  "👤": person(D), "👥": person(D), "🙋": person(B), "🧑": person(O), "👷": person(O), "👨‍🔧": person(B),
  "👋": line("M7 13L5 8M9.5 10L8 4.5M12.5 9.5L12 4M15.5 11l.5-6", Y, 2.8) + fill("M6 11.5l11-1.5 2-2.5c1.5-1 2.5.5 2 2l-3 9c-1 2.5-6 3.5-8.5 1.5S6.5 15 6 11.5z", Y),
  "🙌": line("M6 14V7M9 13V5M15 13V5M18 14V7", Y, 2.6) + fill("M4.5 13H11v7H7zM13 13h6.5L17 20h-4z", Y),
  "👍": fill("M3 11h4v10H3zM8 11l4-8c2 0 2.5 1.5 2 3.5L13.5 9H20c1.5 0 2 1.5 1.5 3l-2.2 7c-.4 1.3-1.3 2-2.6 2H8z", Y),
  "🙏": fill("M11.5 3v15L7 21.5l-4-4 4.5-4.5zM12.5 3v15l4.5 3.5 4-4-4.5-4.5z", Y),
  "🤝": fill("M2 8l5-2 5 2 5-2 5 2v7l-5 1-5 4-5-4-5-1z", Y) + line("M8 12l3-2.5 5 5", "#b9860b", 1.6),
  "❤": heart(R), "💛": heart(Y), "💚": heart(G), "💙": heart(B), "🤍": heart(W, "#8b97a5"), "🧡": heart(O),
  "📍": fill("M12 22s7-7 7-12.5A7 7 0 0 0 5 9.5C5 15 12 22 12 22z", R) + `<circle cx="12" cy="9.5" r="2.6" fill="${W}"/>`,
  "📞": fill("M4 5l4-3 3.5 5-2 2c1 2.5 3 4.5 5.5 5.5l2-2 5 3.5-3 4C11 20.5 3.5 13 4 5z", R), "☎": fill("M4 5l4-3 3.5 5-2 2c1 2.5 3 4.5 5.5 5.5l2-2 5 3.5-3 4C11 20.5 3.5 13 4 5z", R),
  "📱": fill("M6 2h12v20H6z", D) + fill("M7.5 4.5h9V18h-9z", "#9cc9f0"), "📲": fill("M6 2h12v20H6z", D) + fill("M7.5 4.5h9V18h-9z", "#9cc9f0"),
  "✏": fill("M4 20l1.2-5L16 4l4 4L9 18.8z", Y) + fill("M4 20l1.2-5 3.8 3.8z", D), "📝": sheet + fill("M10 19l1-4 8-8 3 3-8 8z", Y), "✍": fill("M6 16.5l1-4.4L16.6 2.5l3.9 3.9L10.9 16z", Y) + fill("M6 16.5l1-4.4 3.9 3.9z", D) + line("M2.5 20.5c3-2.4 5 1.2 8 0s5-1.6 8.5 0", B, 1.9),
  "📄": sheet, "📃": sheet, "📋": sheet, "🧾": sheet, "📜": sheet, "📖": sheet, "📚": sheet, "📰": sheet,
  "📅": calendar, "🗓": calendar, "📆": calendar, "📊": chart, "📈": chart, "📉": chart,
  "⏰": disc(R) + `<circle cx="12" cy="12" r="7.5" fill="${W}"/>` + line("M12 8v4.5l3 1.5", D, 1.8), "🕐": disc(W) + line("M12 7v5l3.5 2", D, 1.8), "⏱": disc(D) + line("M12 7v5l3.5 2"), "⏳": fill("M6 2h12v3l-4.5 7L18 19v3H6v-3l4.5-7L6 5z", O), "⌛": fill("M6 2h12v3l-4.5 7L18 19v3H6v-3l4.5-7L6 5z", O), "🕒": disc(B) + line("M12 7v5l3.5 2"),
  "⚠": fill("M12 2.5L22.5 21h-21z", Y) + line("M12 9v5.5M12 17.8v.1", D, 2.2), "❗": line("M12 4v10M12 19v.1", R, 3.6), "❓": line("M8.5 8c0-4.5 7-4.5 7 0 0 3-3.5 3-3.5 6M12 19v.1", R, 3), "ℹ": box(B) + line("M12 11v6M12 7v.1"),
  "🔔": bell, "🔕": bell + line("M4 4l16 16", R, 2.4), "🌙": fill("M15 3a9.5 9.5 0 1 0 6 14A8.5 8.5 0 0 1 15 3z", Y),
  "🔗": line("M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7", D, 2.4),
  "🌐": disc(B) + line("M2.5 12h19M12 2.5c5 5 5 14 0 19M12 2.5c-5 5-5 14 0 19", W, 1.3), "🌍": disc(B) + fill("M6 6l5-1 2 4-4 3-1 4-3-4zM14 13l5-1-2 5-3 1z", G),
  "⚙": disc(D) + `<circle cx="12" cy="12" r="4" fill="${W}"/>`, "🔒": fill("M5 10h14v11H5z", Y) + line("M8 10V7a4 4 0 0 1 8 0v3", D, 2.2), "🔑": line("M12 12l8 8M17 17l2-2", Y, 2.6) + `<circle cx="8.5" cy="8.5" r="4.5" fill="none" stroke="${Y}" stroke-width="3"/>`,
  "🏠": fill("M12 3L22 12h-3v9H5v-9H2z", O) + fill("M10 14h4v7h-4z", W), "🏢": box(D) + line("M7 7h2M15 7h2M7 12h2M15 12h2M11 20v-4h2v4", W, 2), "🏪": box(D) + fill("M2 4h20v5H2z", R), "📌": fill("M9 2h6l-1 7 4 4h-5l-1 9-1-9H6l4-4z", R),
  "💬": speech(B), "🗨": speech(B), "💭": speech(D), "✉": letterbox, "📩": letterbox, "📨": letterbox, "📤": letterbox + line("M12 16V6M8.5 9.5L12 6l3.5 3.5", B, 2.4), "📥": letterbox + line("M12 6v10M8.5 12.5L12 16l3.5-3.5", B, 2.4),
  "🚫": `<circle cx="12" cy="12" r="8.5" fill="none" stroke="${R}" stroke-width="3"/>` + line("M6 6l12 12", R, 3), "⛔": disc(R) + line("M7 12h10", W, 3.4),
  "🔍": `<circle cx="10" cy="10" r="6" fill="none" stroke="${D}" stroke-width="2.6"/>` + line("M14.5 14.5L21 21", D, 3), "🔎": `<circle cx="14" cy="10" r="6" fill="none" stroke="${D}" stroke-width="2.6"/>` + line("M9.5 14.5L3 21", D, 3),
  "📷": fill("M2 7h5l2-3h6l2 3h5v13H2z", D) + `<circle cx="12" cy="13" r="4" fill="#9cc9f0"/>`, "🖼": box(Y) + fill("M5 5h14v14H5z", "#9cc9f0") + fill("M5 19l5-7 4 5 2-2 3 4z", G),
  "↩": box(B) + line("M9 8L5.5 11.5 9 15M6 11.5h8c5 0 5 5.5 1 5.5"), "↪": box(B) + line("M15 8l3.5 3.5L15 15M18 11.5h-8c-5 0-5 5.5-1 5.5"), "🔄": box(B) + line("M6.5 11a6 6 0 0 1 10.5-2.5M17.5 13A6 6 0 0 1 7 15.5M17 5v3.5h-3.5M7 19v-3.5h3.5", W, 2),
  "➡": box(B) + line("M6 12h11M13 8l4 4-4 4"), "⬅": box(B) + line("M18 12H7M11 8l-4 4 4 4"), "⬆": box(B) + line("M12 18V7M8 11l4-4 4 4"), "⬇": box(B) + line("M12 6v11M8 13l4 4 4-4"),
  "🟢": disc(G), "🔴": disc(R), "🟡": disc(Y), "🔵": disc(B), "⚪": disc("#d7dde4"), "⚫": disc("#333a44"), "🟠": disc(O), "🟣": disc(V),
  "🎓": fill("M12 4L23 9l-11 5L1 9z", D) + fill("M6 12.5V17c2 3 10 3 12 0v-4.5l-6 2.7z", D), "🎯": disc(R) + `<circle cx="12" cy="12" r="6.5" fill="${W}"/><circle cx="12" cy="12" r="3.4" fill="${R}"/>`,
  "☑": box(B) + line("M7 12.5l3.5 3.5L17.5 8.5"), "❔": line("M8.5 8c0-4.5 7-4.5 7 0 0 3-3.5 3-3.5 6M12 19v.1", "#8b97a5", 3), "☝": fill("M10 2h3.5v9H18c2 0 2.5 1.5 2 3.5L18.5 21H9l-4-8c0-1.5 2-2 3-.5l2 2z", Y),
  "🌿": fill("M5 20C4 9 10 3 20 3c1 10-5 16-13 14z", G) + line("M4 21C8 14 12 10 16 7", W, 1.4), "🏁": line("M5 2v20", D, 2) + fill("M6 3h14v10H6z", "#e3e8ee") + fill("M6 3h3.5v3.3H6zM13 3h3.5v3.3H13zM9.5 6.3H13v3.3H9.5zM16.5 6.3H20v3.3h-3.5zM6 9.6h3.5V13H6zM13 9.6h3.5V13H13z", D),
  "📂": folder, "🗂": folder, "📁": folder, "📵": `<circle cx="12" cy="12" r="8.5" fill="none" stroke="${R}" stroke-width="3"/>` + fill("M9.5 6.5h5v11h-5z", D) + line("M6 6l12 12", R, 2.4), "🕓": disc(W) + `<circle cx="12" cy="12" r="9" fill="none" stroke="${D}" stroke-width="1.8"/>` + line("M12 7v5l3 2.5", D, 1.8), "🚪": box("#c99256") + fill("M7 4h10v18H7z", "#8f6433") + `<circle cx="14.5" cy="13" r="1.2" fill="${Y}"/>`, "🧰": fill("M2 9h20v11H2z", R) + fill("M2 12.5h20V15H2z", D) + line("M8 9V6h8v3", D, 2),
  "👀": `<ellipse cx="7" cy="12" rx="5" ry="7" fill="${W}" stroke="${D}" stroke-width="1.4"/><ellipse cx="17" cy="12" rx="5" ry="7" fill="${W}" stroke="${D}" stroke-width="1.4"/><circle cx="8.5" cy="13" r="2.4" fill="${D}"/><circle cx="18.5" cy="13" r="2.4" fill="${D}"/>`,
  "🙈": disc("#a9744f") + line("M8.5 16.5c2 1.6 5 1.6 7 0", D, 1.8) + fill("M2.5 9.5c3-3 7-2 9 1l-1.5 3c-3 1.5-6 .5-7.5-1zM21.5 9.5c-3-3-7-2-9 1l1.5 3c3 1.5 6 .5 7.5-1z", "#e2b48c"),
  "🔁": box(B) + line("M6 11V9.5h11M14.5 6.5l3 3-3 3M18 13v1.5H7M9.5 11.5l-3 3 3 3", W, 1.8), "✋": line("M8 12V6M11 11V4M14 11V4.5M17 12V7", Y, 2.8) + fill("M6.6 11h11.8l-.6 6c-.5 3-2.8 4.5-5.3 4.5-2.3 0-4-1-5.2-3L3 13.5c1-1.5 2.4-1 3.6.5z", Y),
  "🖨": fill("M6 2.5h12V8H6z", "#e3e8ee") + fill("M2.5 8h19v9h-19z", D) + fill("M6 13.5h12v8H6z", W) + line("M8.5 16.5h7M8.5 19h5", D, 1.4), "📒": fill("M5 2.5h14v19H5z", Y) + line("M9 2.5v19M12 8h4M12 12h4", "#8a6a12", 1.5),
  "😍": face("M7.5 14c1.5 3.5 7.5 3.5 9 0z") + `<circle cx="8.5" cy="9.5" r="2.3" fill="${R}"/><circle cx="15.5" cy="9.5" r="2.3" fill="${R}"/>`, "😐": face("M8.5 15.5h7"), "🤔": face("M8.5 16c2-1 4-1 6-.5"), "😉": face("M8 14.5c2 2 6 2 8 0"), "😢": face("M8.5 16.5c1.5-2 5.5-2 7 0"),
  "🚀": fill("M12 2c4 3 5 7 4.5 12h-9C7 9 8 5 12 2z", "#cfd7e0") + fill("M7.5 11L4 17l4-1.5zM16.5 11l3.5 6-4-1.5zM10 15h4l-2 6z", R) + `<circle cx="12" cy="9" r="2" fill="${B}"/>`,
  "☕": fill("M4 9h13v6c0 3-2 5-5 5H9c-3 0-5-2-5-5z", O) + line("M17 11h2c3 0 3 5 0 5h-2M8 3v3M12 3v3", D, 1.8), "💪": fill("M4 20V10l4-7 4 2-1 5c6-1 10 2 10 6s-5 5-9 5z", Y), "💇": person(P), "🛍": fill("M4 8h16l1 13H3z", P) + line("M8.5 10V6.5a3.5 3.5 0 0 1 7 0V10", D, 1.8), "🎟": fill("M2 7h20v4a2 2 0 0 0 0 3.5V18H2v-3.5A2 2 0 0 0 2 11z", O), "🎫": fill("M2 7h20v4a2 2 0 0 0 0 3.5V18H2v-3.5A2 2 0 0 0 2 11z", O), "📦": fill("M3 7l9-4 9 4v11l-9 4-9-4z", "#c99256") + line("M3 7l9 4 9-4M12 11v10", "#8f6433", 1.4), "🏷": fill("M3 3h9l9.5 9.5-9 9L3 12z", Y) + `<circle cx="7.5" cy="7.5" r="1.6" fill="${W}"/>`, "💡": fill("M12 2a7 7 0 0 0-4 12.7V18h8v-3.3A7 7 0 0 0 12 2zM9 19.5h6V22H9z", Y), "🔐": fill("M5 10h14v11H5z", Y) + line("M8 10V7a4 4 0 0 1 8 0v3", D, 2.2), "⚡": fill("M13 1.5L4 14h6l-1.5 8.5L19 9.5h-7z", Y), "🧹": line("M18 3l-8 10", D, 2.4) + fill("M10 11l4 4-4 7-8-4z", Y), "🗑": fill("M5 7h14l-1.5 15h-11zM4 4h16v2.5H4zM9 2h6v2H9z", D), "➰": line("M4 15c4-8 12-8 8-1s-4-6 8-1", D, 2.6), "🆕": digit("N"), "🆔": digit("ID"),
};
for (let number = 0; number <= 9; number += 1) DRAWINGS[`${number}\u20e3`] = digit(String(number));

const OTHER = fill("M12 2.5l2.4 7.1L21.5 12l-7.1 2.4L12 21.5l-2.4-7.1L2.5 12l7.1-2.4z", V);

// Known ones first; then whatever else would be a picture, be it joined of several.
const KNOWN = Object.keys(DRAWINGS).sort((a, b) => b.length - a.length).map((emoji) => [...emoji].join("\ufe0f?"));
const PICTURE = "(?:\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\ufe0f)\\p{Emoji_Modifier}?";
const FOUND = new RegExp(
  `(${KNOWN.join("|")})(?!\u200d)\ufe0f?\\p{Emoji_Modifier}?|${PICTURE}(?:\u200d\\p{Extended_Pictographic}\ufe0f?\\p{Emoji_Modifier}?)*`,
  "gu",
);

/** Whether the system paints emoji: a missing glyph has one shape, whatever it stands for. */
function systemHasEmoji() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) return true;
  canvas.font = "32px sans-serif";
  const pixels = (text) => {
    canvas.clearRect(0, 0, 64, 64);
    canvas.fillText(text, 0, 40);
    return canvas.getImageData(0, 0, 64, 64).data.join();
  };
  return pixels("✅") !== pixels("🎂");
}

const isNeeded = !systemHasEmoji();

/** The text as it is, or with drawings in place of the emoji that would be empty boxes. */
export function plain(text) {
  const words = document.createDocumentFragment();
  if (!isNeeded) {
    words.append(text);
    return words;
  }
  let from = 0;
  for (const match of text.matchAll(FOUND)) {
    words.append(text.slice(from, match.index));
    const symbol = h("span.symbol", {}, match[0]);
    symbol.style.backgroundImage = picture(DRAWINGS[match[1]?.replaceAll("\ufe0f", "")] || OTHER);
    words.append(symbol);
    from = match.index + match[0].length;
  }
  words.append(text.slice(from));
  return words;
}

function picture(drawing) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${drawing}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
