// A mixer and its settings.
//   mixers           [{name, help, settings: [{name, type, default, help}]}]
//   value            as --mixer takes it; "" is none
//   empty            what none means
//   onInput(text)
import { html } from "../../parts/html.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { formatMixer, parseMixer } from "./mixer-text.js";

export function MixerFields({ mixers, value, empty, onInput }) {
  const { name, settings } = parseMixer(value);
  const mixer = mixers.find((one) => one.name === name);
  const fields = mixer?.settings ?? [];
  const defaults = Object.fromEntries(fields.map((field) => [field.name, field.default === undefined ? undefined : String(field.default)]));
  const set = (key, text) => onInput(formatMixer({ name, settings: { ...settings, [key]: text } }, defaults));
  const names = mixers.map((one) => one.name);
  const options = name && !mixer ? [...names, name] : names;
  return html`<${Select} label="Mixer" options=${options} empty=${empty} value=${name} help=${mixer?.help} onInput=${onInput} />
    ${fields.length > 0 &&
    html`<div class="fields">
      ${fields.map(
        (field) => html`<${TextField} key=${field.name} label=${field.name} help=${field.help} value=${settings[field.name] ?? ""}
          placeholder=${String(field.default ?? "")} spellcheck=${false} onInput=${(text) => set(field.name, text)} />`,
      )}
    </div>`}`;
}
