// Whether a card of the library has all words of a search, in its name, trigger words, title, method or family.
export function matches(card, search) {
  const text = [card.name, card.title, card.method, card.family, ...(card.triggers ?? [])].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
