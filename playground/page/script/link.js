// The WebSocket to the playground: questions with answers, events, and coming back after a loss.

const PAUSES_MS = [300, 600, 1000, 2000, 3000];
const GONE_AFTER_TRIES = 5;
const ANSWER_MS = 20_000;

/** The server was not there, or did not answer. */
class LinkError extends Error {
  isLink = true;
}

export class Link {
  /** `on.event(event)`, `on.state("open" | "lost" | "gone")`. */
  constructor(address, on) {
    this.address = address;
    this.on = on;
    this.number = 0;
    this.waiting = new Map();
    this.tries = 0;
  }

  open() {
    this.socket = new WebSocket(this.address);
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.socket.onopen = () => {
      this.tries = 0;
      this.on.state("open");
    };
    this.socket.onclose = () => this.onLost();
  }

  onLost() {
    for (const { fail } of this.waiting.values()) fail(new LinkError("connection"));
    this.waiting.clear();
    this.tries += 1;
    this.on.state(this.tries > GONE_AFTER_TRIES ? "gone" : "lost");
    const pause = PAUSES_MS[Math.min(this.tries, PAUSES_MS.length) - 1];
    setTimeout(() => this.open(), pause);
  }

  hear(told) {
    if (!("re" in told)) {
      this.on.event(told);
      return;
    }
    const asked = this.waiting.get(told.re);
    this.waiting.delete(told.re);
    if (!asked) return;
    if (told.ok) asked.done(told.result);
    else asked.fail(new Error(told.error));
  }

  /** The result of a command; rejects with what the server said, or if it says nothing. */
  ask(command) {
    if (this.socket?.readyState !== WebSocket.OPEN) return Promise.reject(new LinkError("connection"));
    this.number += 1;
    const n = this.number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(n, reject, new LinkError("timeout")), ANSWER_MS);
      const end = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.waiting.set(n, { done: end(resolve), fail: end(reject) });
      this.socket.send(JSON.stringify({ n, ...command }));
    });
  }

  settle(n, settle, value) {
    this.waiting.delete(n);
    settle(value);
  }
}
