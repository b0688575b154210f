// Where the focus goes when what had it is taken out of the page.
export function focusOn(id) {
  // After the next drawing: the element that has the focus now is gone only then.
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}
