// A choice from a list.
//   label, hideLabel, help, error   see field.js
//   options   ["text", …] or [{value, text, disabled, group}, …]
//   value, onInput(value)
//   empty     text of a first option whose value is ""
import { html } from "./html.js";
import { Field } from "./field.js";

export function Select({ label, hideLabel, help, error, options, value, onInput, empty, ...rest }) {
  const all = options.map((option) => (typeof option === "string" ? { value: option, text: option } : option));
  const groups = [...new Set(all.map((option) => option.group))];
  const show = (option) =>
    html`<option key=${option.value} value=${option.value} disabled=${option.disabled}
      selected=${option.value === (value ?? "")}>${option.text ?? option.value}</option>`;
  return html`<${Field} label=${label} hideLabel=${hideLabel} help=${help} error=${error} class="select">
    ${(attributes) =>
      html`<select value=${value ?? ""} onChange=${(event) => onInput(event.currentTarget.value)} ...${rest}
        ...${attributes}>
        ${empty !== undefined && html`<option value="" selected=${!value}>${empty}</option>`}
        ${groups.map((group) => {
          const shown = all.filter((option) => option.group === group).map(show);
          return group ? html`<optgroup key=${group} label=${group}>${shown}</optgroup>` : shown;
        })}
      </select>`}
  <//>`;
}
