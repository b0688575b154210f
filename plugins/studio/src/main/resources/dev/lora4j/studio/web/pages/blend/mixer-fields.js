// A mixer and its settings.
//   mixers           [{name, help, settings: [{name, type, default, help, expected, choices}]}]
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
  const defaults = Object.fromEntries(
    fields.map((field) => [field.name, field.default === undefined ? undefined : String(field.default)]),
  );
  const set = (key) => (text) => onInput(formatMixer({ name, settings: { ...settings, [key]: text } }, defaults));
  const options = mixers.map((one) => ({ value: one.name, text: one.name }));
  const isUnknown = name !== "" && !mixer;
  return html`<${Select} label="Mixer" options=${isUnknown ? [...options, name] : options} empty=${empty} value=${name}
    help=${mixer?.help}
      error=${isUnknown ? `The mixer '${name}' cannot be used here.` : undefined} onInput=${onInput} />
    ${
      fields.length > 0 &&
      html`<div class="fields">
      ${fields.map(
        (field) => html`<${Setting} key=${field.name} field=${field} value=${settings[field.name] ?? ""}
        onInput=${set(field.name)} />`,
      )}
    </div>`
    }`;
}

function Setting({ field, value, onInput }) {
  const choices = field.type === "boolean" ? ["true", "false"] : (field.choices ?? []);
  const usual = field.default === undefined || field.default === "" ? "" : String(field.default);
  return choices.length > 0
    ? html`<${Select} label=${field.name} help=${field.help} options=${choices.filter((one) => one !== usual)}
      empty=${usual || "choose one"} value=${value} onInput=${onInput} />`
    : html`<${TextField} label=${field.name} help=${[field.help, field.expected].filter(Boolean).join("; ")}
      value=${value} placeholder=${usual}
        spellcheck=${false} onInput=${onInput} />`;
}
