// Changes of captions, and which files belong together.

/** File name without its ending, in lower case. */
export function stem(name) {
  return name.replace(/\.[^.]*$/, "").toLowerCase();
}

/** `caption` with the trigger put first, unless it holds the trigger already. */
export function withTrigger(caption, trigger) {
  const word = trigger.trim();
  if (!word || caption.toLowerCase().includes(word.toLowerCase())) {
    return caption;
  }
  return caption.trim() ? `${word}, ${caption.trim()}` : word;
}

/** `caption` with every `search` replaced, whatever its case; the text is taken as it is, not as a pattern. */
export function replaced(caption, search, replacement) {
  if (!search) {
    return caption;
  }
  const pattern = new RegExp(search.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
  return caption.replace(pattern, () => replacement);
}

/** Items that `show` and the words of `search` leave: "all", "problem" or "uncaptioned". */
export function filtered(items, { search = "", show = "all" }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const text = `${item.file} ${item.caption ?? ""}`.toLowerCase();
    const fits = show === "problem" ? Boolean(item.problem) : show === "uncaptioned" ? !item.caption : true;
    return fits && words.every((word) => text.includes(word));
  });
}

/** Items whose caption `change` alters: [{file, caption}] with the new captions. */
export function changes(items, change) {
  return items
    .filter((item) => !item.captionFrom)
    .map((item) => ({ file: item.file, before: item.caption ?? "", caption: change(item.caption ?? "") }))
    .filter((item) => item.caption !== item.before)
    .map(({ file, caption }) => ({ file, caption }));
}
