// What the browser remembers from one visit to the next.

// Where the browser keeps nothing (a private window) the page does without.
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is asked again next time.
  }
}

const DESK_KEY = "svoi.desk";

/** Which phones lay open in this tab before it was reloaded, and which of them was shown. */
export function lastDesk() {
  try {
    return { open: [], ...JSON.parse(sessionStorage.getItem(DESK_KEY)) };
  } catch {
    return { open: [] };
  }
}

export function keepDesk(desk) {
  try {
    sessionStorage.setItem(DESK_KEY, JSON.stringify(desk));
  } catch {
    // They are opened again by hand.
  }
}
