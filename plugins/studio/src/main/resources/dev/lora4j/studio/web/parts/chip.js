// A short word or phrase.
//   onClick   makes it a button; label then says what pressing does
//   pressed   true or false makes it a button that stays down
//   tone      "" | "good" | "bad" | "busy"
import { html } from "./html.js";

export function Chip({ onClick, label, pressed, tone = "", children }) {
  return onClick
    ? html`<button type="button" class=${`chip ${tone}`} title=${label} aria-pressed=${pressed} onClick=${onClick}>
        ${children}
      </button>`
    : html`<span class=${`chip ${tone}`}>${children}</span>`;
}
