// A modal dialog; Escape, the cross and a press beside it close it. Show it by rendering it.
//   title     its heading
//   onClose()
//   wide      as wide as the window allows
//   footer    buttons below
//   children
import { html, useEffect, useId, useRef } from "./html.js";
import { Button } from "./button.js";

export function Dialog({ title, onClose, wide, footer, children }) {
  const id = useId();
  const dialog = useRef();
  useEffect(() => {
    const opener = document.activeElement;
    const shown = dialog.current;
    shown.showModal();
    return () => {
      shown.close();
      opener?.focus?.();
    };
  }, []);
  const onCancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const onPress = (event) => event.target === dialog.current && onClose();
  return html`<dialog ref=${dialog} class=${wide ? "wide" : ""} aria-labelledby=${id} onCancel=${onCancel}
    onMouseDown=${onPress}>
    <div class="dialog-frame">
      <header>
        <h2 id=${id}>${title}</h2>
        <${Button} kind="quiet" icon="close" label="Close" onClick=${onClose} />
      </header>
      <div class="dialog-body">${children}</div>
      ${footer && html`<footer>${footer}</footer>`}
    </div>
  </dialog>`;
}
