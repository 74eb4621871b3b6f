// The list of messages: days between them, the newest in sight, a way back down.

import { h, iconButton } from "./dom.js";
import { bubble, letter } from "./message.js";
import { dayKey, dayTitle, fromUnix } from "./time.js";
import { word } from "./words.js";

const NEAR_END_PX = 120;

export class Talk {
  constructor(phone) {
    this.phone = phone;
    this.missed = 0;
    this.list = h("div.list", { attr: { role: "log", "aria-live": "polite", "aria-relevant": "additions text" } });
    this.about = h("div.about", { hidden: true });
    this.scroller = h("div.talk", { tabIndex: 0 }, this.about, this.list);
    this.count = h("span.count", { hidden: true });
    this.down = iconButton("down", word("phone.down", phone.language), () => this.toEnd(), "down");
    this.down.append(this.count);
    this.down.hidden = true;
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    // Keys and pictures that come up take room from below: the newest words stay in sight.
    this.isAtEnd = true;
    const sizes = new ResizeObserver(() => this.keepDown());
    sizes.observe(this.scroller);
    sizes.observe(this.list);
  }

  fill() {
    this.list.replaceChildren();
    this.lastDay = null;
    const letters = [...this.phone.chat.letters];
    for (const message of this.phone.chat.messages.values()) {
      while (letters.length && letters[0].after < message.id) this.appendLetter(letters.shift());
      this.append(message);
    }
    for (const note of letters) this.appendLetter(note);
    this.toEnd();
  }

  append(message) {
    const day = dayKey(fromUnix(message.date));
    if (day !== this.lastDay) {
      this.lastDay = day;
      this.list.append(h("div.day", { dataset: { day: message.date } }, this.titleOf(message.date)));
    }
    this.list.append(bubble(message, this.phone));
  }

  titleOf(date) {
    const { language, page } = this.phone;
    const moment = fromUnix(date);
    const now = page.clock.now();
    if (dayKey(moment) === dayKey(now)) return word("phone.today", language);
    if (dayKey(moment) === dayKey(new Date(now - 86_400_000))) return word("phone.yesterday", language);
    return dayTitle(moment, now, language);
  }

  /** "Today" becomes "Yesterday" as the clock moves. */
  retitle() {
    for (const day of this.list.querySelectorAll(".day")) day.textContent = this.titleOf(Number(day.dataset.day));
  }

  add(message) {
    const wasAtEnd = this.isAtEnd;
    this.append(message);
    if (wasAtEnd || !message.from_bot) this.toEnd();
    else {
      this.missed += 1;
      this.showMissed();
    }
  }

  appendLetter(note) {
    this.list.append(letter(note, this.phone));
  }

  addLetter(note) {
    this.appendLetter(note);
    this.toEnd();
  }

  change(message) {
    const old = this.element(message.id);
    if (!old) return;
    const changed = bubble(message, this.phone);
    // A tap at the keyboard that edits its own message must not lose the keyboard's place.
    const place = [...old.querySelectorAll("button")].indexOf(document.activeElement);
    old.replaceWith(changed);
    if (place >= 0) changed.querySelectorAll("button")[place]?.focus({ preventScroll: true });
    this.keepDown();
  }

  remove(id) {
    this.element(id)?.remove();
  }

  element(id) {
    return this.list.querySelector(`[data-message="${id}"]`);
  }

  showMessage(id) {
    const found = this.element(id);
    if (!found) return;
    found.scrollIntoView({ block: "center", behavior: "smooth" });
    found.classList.add("flash");
    found.addEventListener("animationend", () => found.classList.remove("flash"), { once: true });
  }

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Our own step down, told late: keys that came up meanwhile are no wish to read further up.
    if (this.isAtEnd && scrollTop === this.endTop) return;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.isAtEnd) this.missed = 0;
    this.showMissed();
  }

  showMissed() {
    this.down.hidden = this.isAtEnd;
    this.count.hidden = this.missed === 0;
    this.count.textContent = String(this.missed);
  }

  keepDown() {
    if (this.isAtEnd) this.toEnd();
  }

  toEnd() {
    this.isAtEnd = true;
    this.missed = 0;
    this.showMissed();
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.endTop = this.scroller.scrollTop;
  }
}
