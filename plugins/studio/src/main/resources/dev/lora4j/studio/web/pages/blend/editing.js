// The blend that is edited, with undo and redo. Whatever else changes the blend, such as the Library or another tab, is
// an entry of the history too.
import { useEffect } from "../../parts/html.js";
import { blend } from "../../state.js";
import { store, useStore } from "../../store.js";
import { begin, change, redo, rest, undo } from "./history.js";
import { completed } from "./model.js";

const edits = store(begin(completed(blend.get())));
let sent = blend.get();

blend.subscribe((value) => {
  if (value !== sent) {
    sent = value;
    edits.update((old) => change(old, completed(value)));
  }
});

/** Changes the blend by a function; changes with one tag in a row are undone together. */
export function edit(next, tag) {
  step((old) => change(old, next(old.now), tag));
}

/** Ends a drag: the next change is undone by itself. */
export function endDrag() {
  edits.update(rest);
}

export const undoEdit = () => step(undo);
export const redoEdit = () => step(redo);

/** {now, past, future} of the blend, kept true. */
export const useEdits = () => useStore(edits);

function step(next) {
  edits.update(next);
  sent = edits.get().now;
  blend.set(sent);
}

/** Ctrl+Z and Ctrl+Y or Ctrl+Shift+Z, but where the browser undoes typing. */
export function useUndoKeys() {
  useEffect(() => {
    const onKeyDown = (event) => {
      const key = event.key.toLowerCase();
      const isUndo = (event.ctrlKey || event.metaKey) && key === "z" && !event.shiftKey;
      const isRedo = (event.ctrlKey || event.metaKey) && (key === "y" || (key === "z" && event.shiftKey));
      if ((isUndo || isRedo) && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        (isUndo ? undoEdit : redoEdit)();
      }
    };
    addEventListener("keydown", onKeyDown);
    addEventListener("pointerup", endDrag);
    return () => {
      removeEventListener("keydown", onKeyDown);
      removeEventListener("pointerup", endDrag);
    };
  }, []);
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])");
}
