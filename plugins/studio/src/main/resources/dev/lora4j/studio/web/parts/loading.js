// Says that something is being read; it appears after a moment, so quick answers do not flicker.
//   text   what is being read
import { html } from "./html.js";

export function Loading({ text }) {
  return html`<p class="loading" role="status"><span class="spinner" /> Loading${text ? ` ${text}` : ""}…</p>`;
}
