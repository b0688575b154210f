// What the library shows: search, filters, order. Pure functions on cards.

export const everything = { text: "", kind: "", base: "", group: "", tag: "", order: "name" };

export const orders = {
  name: { text: "Name", compare: (one, other) => byName(one, other) },
  newest: { text: "Newest first", compare: (one, other) => other.modified - one.modified || byName(one, other) },
  size: { text: "Largest first", compare: (one, other) => other.bytes - one.bytes || byName(one, other) },
};

/** The cards that a query asks for, in its order. */
export function choose(cards, groups, query) {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const group = query.group && new Set(groups[query.group] ?? []);
  return cards
    .filter(
      (card) =>
        words.every((word) => searched(card).includes(word) || isHash(card, word)) &&
        (!query.kind || isOf(card, query.kind)) &&
        (!query.base || basesOf(card).includes(query.base)) &&
        (!group || group.has(card.name)) &&
        (!query.tag || query.tag in (card.tags ?? {}) || card.triggers?.includes(query.tag)),
    )
    .sort(orders[query.order].compare);
}

export const isFiltered = (query) => ["text", "kind", "base", "group", "tag"].some((key) => query[key]);

/** The title that its file has, else the name without its folders. */
export const titleOf = (card) => card.title || card.name.split("/").at(-1);

/** Bases by name that are served and fit, else the family. */
export function basesOf(card) {
  return card.bases?.length ? card.bases : card.family ? [card.family] : [];
}

/** The bases of all cards, with how many cards there are of each. */
export function countBases(cards) {
  return count(cards.flatMap(basesOf));
}

/** Tags and trigger words of all cards, the commonest first. */
export function countTags(cards) {
  const all = cards.flatMap((card) => [...new Set([...Object.keys(card.tags ?? {}), ...(card.triggers ?? [])])]);
  return count(all).slice(0, 100);
}

/** Why an adapter cannot be used as it is, in sentences. */
export function problemsOf(card) {
  return [...new Set([card.problem, ...(card.problems ?? card.keys?.problems ?? [])].filter(Boolean))];
}

function isOf(card, kind) {
  return kind === "problem" ? problemsOf(card).length > 0 : card.kind === kind;
}

// A short word is in nearly every hash.
const isHash = (card, word) => word.length >= 6 && card.sha256?.startsWith(word);

// Texts that are searched are put together once a card; a card of a new answer is a new object.
const texts = new WeakMap();

function searched(card) {
  let text = texts.get(card);
  if (text === undefined) {
    text = [
      card.name,
      card.title,
      card.author,
      card.license,
      card.family,
      card.for,
      card.method,
      card.source,
      card.notes,
      card.description,
      ...(card.bases ?? []),
      ...(card.triggers ?? []),
      ...Object.keys(card.tags ?? {}),
      ...problemsOf(card),
    ]
      .join("\n")
      .toLowerCase();
    texts.set(card, text);
  }
  return text;
}

function count(values) {
  const counts = new Map();
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1));
  return [...counts].sort(([one, a], [other, b]) => b - a || one.localeCompare(other));
}

const byName = (one, other) => one.name.localeCompare(other.name, "en", { numeric: true });
