// What the page knows of the server, as stores (see store.js). Each list is
// { value, loading, error }: value is undefined until it is first read.
//   start, library, jobs, runs, sets   lists of the server, kept true by its events
//   connected                          false while the event stream is broken
//   blend                              what the Blend page edits; the Library puts adapters in
import { get } from "./api.js";
import { store, storedStore } from "./store.js";

const unread = { value: undefined, loading: true, error: undefined };

export const start = store(unread);
export const library = store(unread);
export const jobs = store(unread);
export const runs = store(unread);
export const sets = store(unread);
export const connected = store(true);
export const blend = storedStore("lora4j.blend", { prompt: "", adapters: [] });

const picturesChanged = new Set();

export const readStart = () => read(start, "studio/start", (answer) => answer);
export const readLibrary = () => read(library, "studio/library", (answer) => answer);
export const readJobs = () => read(jobs, "studio/jobs", (answer) => answer.jobs);
export const readRuns = () => read(runs, "studio/runs", (answer) => answer.runs);
export const readSets = () => read(sets, "studio/pictures", (answer) => answer.sets);

/** Reads everything anew: at the start, and whenever events may have been missed. */
export function readAll() {
  return Promise.all([readStart(), readLibrary(), readJobs(), readRuns(), readSets()]);
}

const inFlight = new Map();

// An event that comes while a list is being read asks for it once more afterwards, not in parallel.
async function read(list, path, part) {
  if (inFlight.has(list)) {
    inFlight.set(list, true);
    return;
  }
  inFlight.set(list, false);
  list.update((old) => ({ ...old, loading: true }));
  try {
    const value = part(await get(path));
    list.set({ value, loading: false, error: undefined });
  } catch (error) {
    list.update((old) => ({ ...old, loading: false, error }));
  }
  const again = inFlight.get(list);
  inFlight.delete(list);
  if (again) {
    await read(list, path, part);
  }
}

/** Puts a job or run in the place of the one of its id, or at the end. */
export function put(list, item) {
  list.update((old) => {
    const items = old.value ?? [];
    const known = items.some((other) => other.id === item.id);
    const value = known ? items.map((other) => (other.id === item.id ? item : other)) : [...items, item];
    return { ...old, value };
  });
}

export function drop(list, id) {
  list.update((old) => ({ ...old, value: (old.value ?? []).filter((item) => item.id !== id) }));
}

/** Calls `listener(set)` when a data set changed; returns how to stop it. */
export function onPictures(listener) {
  picturesChanged.add(listener);
  return () => picturesChanged.delete(listener);
}

export function tellPictures(set) {
  picturesChanged.forEach((listener) => listener(set));
}

/** Adds an adapter to the blend at its suggested weight; one that is there stays as it is. */
export function putIntoBlend(adapter) {
  blend.update((old) => {
    if (old.adapters.some((row) => row.name === adapter.name)) {
      return old;
    }
    const row = { name: adapter.name, weight: String(adapter.weight ?? 1), on: true };
    return { ...old, adapters: [...old.adapters, row] };
  });
}

export function takeOutOfBlend(name) {
  blend.update((old) => ({ ...old, adapters: old.adapters.filter((row) => row.name !== name) }));
}
