// The head of a page: its heading, a sentence, and the page's main buttons.
//   title, lead
//   children   buttons
import { html } from "./html.js";

export function PageHead({ title, lead, children }) {
  return html`<header class="page-head">
    <div><h1>${title}</h1>${lead && html`<p class="muted">${lead}</p>`}</div>
    ${children && html`<div class="row">${children}</div>`}
  </header>`;
}
