// Which page is shown: the hash is #/PAGE?name=value.
import { store } from "./store.js";

export const pages = [
  { name: "library", title: "Library", icon: "library" },
  { name: "blend", title: "Blend", icon: "blend" },
  { name: "train", title: "Train", icon: "train" },
  { name: "runs", title: "Runs", icon: "runs" },
  { name: "grid", title: "Grid", icon: "grid" },
  { name: "evaluate", title: "Evaluate", icon: "evaluate" },
  { name: "texts", title: "Texts", icon: "texts" },
];

/** { page: one of `pages`, query: {name: value} } */
export const route = store(parse(location.hash));

addEventListener("hashchange", () => route.set(parse(location.hash)));

export function href(page, query = {}) {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return `#/${page}${entries.length ? `?${new URLSearchParams(entries)}` : ""}`;
}

export function go(page, query) {
  location.hash = href(page, query);
}

/** Changes the query of the shown page without an entry in the history. */
export function setQuery(changes) {
  const { page, query } = route.get();
  history.replaceState(null, "", href(page.name, { ...query, ...changes }));
  route.set(parse(location.hash));
}

function parse(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const page = pages.find((one) => one.name === path) ?? pages[0];
  return { page, query: Object.fromEntries(new URLSearchParams(query ?? "")) };
}
