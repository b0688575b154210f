// Something that is shown when its title is pressed.
//   title, hint (short text beside it), open (at first)
//   onToggle(open)
//   children
import { html } from "./html.js";

export function Disclosure({ title, hint, open, onToggle, children }) {
  return html`<details class="disclosure" open=${open} onToggle=${(event) => onToggle?.(event.currentTarget.open)}>
    <summary><span>${title}</span>${hint && html`<small>${hint}</small>`}</summary>
    <div class="disclosure-body">${children}</div>
  </details>`;
}
