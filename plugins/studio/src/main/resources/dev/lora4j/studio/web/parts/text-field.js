// A text that can be edited.
//   label, hideLabel, help, error   see field.js
//   value, onInput(text)
//   rows      a number makes it a text area of so many rows
//   others    placeholder, type, required, spellcheck, autofocus … go to the control
import { html } from "./html.js";
import { Field } from "./field.js";

export function TextField({ label, hideLabel, help, error, value, onInput, rows, class: more, ...rest }) {
  const input = (event) => onInput(event.currentTarget.value);
  return html`<${Field} label=${label} hideLabel=${hideLabel} help=${help} error=${error} class=${more}>
    ${(attributes) =>
      rows
        ? html`<textarea rows=${rows} value=${value} onInput=${input} ...${rest} ...${attributes} />`
        : html`<input type="text" value=${value} onInput=${input} ...${rest} ...${attributes} />`}
  <//>`;
}
