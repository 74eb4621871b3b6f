// The business's clock: what time it is there, and the ways to move it ahead.

import { h, icon } from "./dom.js";
import { hours, longDate, setZone, shortDate } from "./time.js";
import { word } from "./words.js";

const TICK_MS = 1000;

export class Clock {
  constructor(page, place) {
    this.page = page;
    this.place = place;
    this.told = Date.now();
    this.heardAt = performance.now();
    this.journey = null;
    setInterval(() => this.tick(), TICK_MS);
    document.addEventListener("pointerdown", ({ target }) => place.contains(target) || this.fold(false));
  }

  now() {
    return new Date(this.told + performance.now() - this.heardAt);
  }

  hear({ now, zone, journey }) {
    const wasDay = this.shownDate;
    this.told = now;
    this.heardAt = performance.now();
    setZone(zone);
    this.journey = journey;
    this.tick();
    if (wasDay !== this.shownDate) this.page.onNewDay();
    this.refreshJourney();
  }

  /** Draws the whole, in the page's language. */
  build() {
    const { language } = this.page;
    const say = (key) => word(key, language);
    this.date = h("span.clock-date");
    this.time = h("b.clock-time");
    const face = h("div.clock-face", { attr: { "aria-label": say("clock.now") } }, this.date, this.time);
    this.birthdayButton = this.jump("birthday", say("clock.birthday"));
    this.jumps = h("div.jumps", { attr: { role: "group", "aria-label": say("clock.move") } }, this.jump("hour", say("clock.hour")), this.jump("day", say("clock.day")), this.birthdayButton, this.jump("quarter", say("clock.quarter")));
    this.steps = h("span.steps");
    this.bar = h("i");
    const stop = h("button.jump.stop", { onclick: () => this.page.link.ask({ do: "halt" }) }, say("clock.stop"));
    this.way = h("div.way", { hidden: true, attr: { role: "status" } }, h("div.way-bar", {}, this.bar), this.steps, stop);
    const toggle = h("button.tool.clock-toggle", { attr: { "aria-label": say("clock.move"), "aria-expanded": "false" } }, icon("time"));
    this.fold = (isOpen) => {
      this.place.classList.toggle("unfolded", isOpen);
      toggle.setAttribute("aria-expanded", String(isOpen));
    };
    toggle.onclick = () => this.fold(!this.place.classList.contains("unfolded"));
    this.place.replaceChildren(face, toggle, h("div.clock-moves", {}, this.jumps, this.way));
    this.shownDate = null;
    this.tick();
    this.refreshJourney();
    this.refreshBirthday();
  }

  jump(to, label) {
    return h("button.jump", { onclick: () => this.travel(to), dataset: { to } }, label);
  }

  tick() {
    if (!this.time) return;
    const now = this.now();
    const { language } = this.page;
    const time = hours(now, language);
    if (this.time.textContent !== time) {
      this.time.textContent = time;
      this.page.onMinute();
    }
    const date = longDate(now, language);
    if (this.shownDate !== date) {
      this.shownDate = date;
      this.date.replaceChildren(h("span.long", {}, date), h("span.brief", {}, shortDate(now, language)));
    }
  }

  refreshJourney() {
    if (!this.way) return;
    const { journey } = this;
    this.way.hidden = !journey;
    this.jumps.hidden = Boolean(journey);
    if (!journey) return;
    const { step, steps } = journey;
    this.steps.textContent = word("clock.on_the_way", this.page.language, { step, steps });
    this.bar.style.width = `${(100 * step) / steps}%`;
  }

  /** The birthday is that of the client whose phone was touched last. */
  refreshBirthday() {
    const client = this.page.selectedClient();
    const title = client ? word("clock.birthday.of", this.page.language, { name: client.name }) : "";
    this.birthdayButton.title = title;
  }

  async travel(to) {
    this.fold(false);
    const { language, link } = this.page;
    const client = this.page.selectedClient();
    if (to === "birthday" && !client) return this.page.notify(word("clock.no_client", language));
    try {
      const { found, gift } = await link.ask({ do: "travel", to, person: client?.person.id });
      if (!found) this.page.notify(word("clock.no_birthday", language, { name: client.name }));
      else if (gift === false) this.page.notify(word("clock.no_gift", language, { name: client.name }));
    } catch (error) {
      this.page.notify(`${word("clock.failed", language)}: ${error.message}`);
    }
    return undefined;
  }
}
