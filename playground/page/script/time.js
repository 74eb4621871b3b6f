// Moments as the business's wall clock shows them.

let zone = "UTC";

export function setZone(name) {
  zone = name;
}

function locale(language) {
  return language === "ru" ? "ru-RU" : "en-GB";
}

function format(language, options, moment) {
  return new Intl.DateTimeFormat(locale(language), { timeZone: zone, ...options }).format(moment);
}

/** "10:05" */
export function hours(moment, language) {
  return format(language, { hour: "2-digit", minute: "2-digit" }, moment);
}

/** "пн, 22 ноября 2026" */
export function longDate(moment, language) {
  const options = { weekday: "short", day: "numeric", month: "long", year: "numeric" };
  return format(language, options, moment).replace(" г.", "");
}

/** "22 нояб." */
export function shortDate(moment, language) {
  return format(language, { day: "numeric", month: "short" }, moment);
}

/** "22 ноября", with the year where it is not this one */
export function dayTitle(moment, now, language) {
  const year = (date) => format("en", { year: "numeric" }, date);
  const options = { day: "numeric", month: "long" };
  if (year(moment) !== year(now)) options.year = "numeric";
  return format(language, options, moment).replace(" г.", "");
}

/** A day as a key that can be compared. */
export function dayKey(moment) {
  return format("en", { year: "numeric", month: "2-digit", day: "2-digit" }, moment);
}

/** Unix seconds as a Date. */
export function fromUnix(seconds) {
  return new Date(seconds * 1000);
}
