// A value that components can watch: `store(first)` has get, set, update, subscribe; useStore reads it in a component.
import { useEffect, useState } from "./parts/html.js";

export function store(first) {
  let value = first;
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      if (next !== value) {
        value = next;
        listeners.forEach((listener) => listener(value));
      }
    },
    update(change) {
      this.set(change(value));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A store whose value outlives a reload of the page. */
export function storedStore(key, first) {
  const kept = store(read(key, first));
  kept.subscribe((value) => write(key, value));
  addEventListener("storage", (event) => {
    if (event.key === key) {
      kept.set(read(key, first));
    }
  });
  return kept;
}

export function useStore(source) {
  const [value, setValue] = useState(source.get());
  useEffect(() => {
    setValue(source.get());
    return source.subscribe(setValue);
  }, [source]);
  return value;
}

function read(key, first) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? first;
  } catch {
    return first;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage may be full or forbidden: the value then lasts as long as the page
  }
}
