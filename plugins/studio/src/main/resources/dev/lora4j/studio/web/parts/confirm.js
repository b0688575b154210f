// A dialog that asks before something is done.
//   title, children   the question
//   verb              text of the button that does it
//   danger            whether it destroys something
//   onConfirm()       may return a promise; onClose()
import { html } from "./html.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

export function Confirm({ title, verb, danger, onConfirm, onClose, children }) {
  const confirm = async () => {
    await onConfirm();
    onClose();
  };
  const footer = html`<${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind=${danger ? "danger" : "primary"} onClick=${confirm}>${verb}<//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} footer=${footer}>${children}<//>`;
}
