// Undo and redo of a value: {past, now, future, tag}. Changes with one tag in a row, as those of a drag, are one entry.

const MOST = 100;

export function begin(now) {
  return { past: [], now, future: [], tag: undefined };
}

export function change(history, now, tag) {
  if (now === history.now) {
    return history;
  }
  const sameDrag = tag !== undefined && tag === history.tag;
  const past = sameDrag ? history.past : [...history.past, history.now].slice(-MOST);
  return { past, now, future: [], tag };
}

/** The next change is an entry of its own, whatever its tag. */
export function rest(history) {
  return history.tag === undefined ? history : { ...history, tag: undefined };
}

export function undo(history) {
  const { past, now, future } = history;
  return past.length
    ? { past: past.slice(0, -1), now: past[past.length - 1], future: [now, ...future], tag: undefined }
    : history;
}

export function redo(history) {
  const { past, now, future } = history;
  return future.length ? { past: [...past, now], now: future[0], future: future.slice(1), tag: undefined } : history;
}
