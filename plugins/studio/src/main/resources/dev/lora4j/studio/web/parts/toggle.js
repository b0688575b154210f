// A switch.
//   label, hideLabel, help
//   value (boolean), onInput(boolean)
//   disabled
import { html, useId } from "./html.js";

export function Toggle({ label, hideLabel, help, value, onInput, disabled }) {
  const id = useId();
  return html`<div class="toggle">
    <label>
      <input type="checkbox" role="switch" checked=${value} disabled=${disabled}
        aria-describedby=${help ? `${id}-help` : undefined}
        onChange=${(event) => onInput(event.currentTarget.checked)} />
      <span class=${hideLabel ? "hidden-text" : ""}>${label}</span>
    </label>
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
  </div>`;
}
