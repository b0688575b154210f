// A box to search in a list that is shown below it.
//   label, value, onInput(text), placeholder
import { html, useId } from "./html.js";
import { Icon } from "./icon.js";

export function SearchBox({ label, value, onInput, placeholder }) {
  const id = useId();
  return html`<div class="search" role="search">
    <label for=${id} class="hidden-text">${label}</label>
    <${Icon} name="search" />
    <input type="search" id=${id} value=${value} placeholder=${placeholder ?? label} autocomplete="off"
      spellcheck=${false} onInput=${(event) => onInput(event.currentTarget.value)} />
  </div>`;
}
