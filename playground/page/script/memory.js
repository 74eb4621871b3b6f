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
