// Says that there is nothing yet, and what to do first.
//   icon, title
//   children   sentences and buttons
import { html } from "./html.js";
import { Icon } from "./icon.js";

export function EmptyState({ icon, title, children }) {
  return html`<div class="empty">
    ${icon && html`<${Icon} name=${icon} />`}
    <h2>${title}</h2>
    ${children}
  </div>`;
}
