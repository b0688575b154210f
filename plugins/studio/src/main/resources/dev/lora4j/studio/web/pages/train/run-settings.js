// The settings of the training; empty ones are those of the preset.
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { library } from "../../state.js";
import { useStore } from "../../store.js";
import { AdapterPicker } from "../blend/adapter-picker.js";
import { pairsOf } from "./settings.js";

const presetHelp = {
  style: "20 to 300 pictures of one style",
  character: "one person, animal or thing in 10 to 50 pictures",
  quick: "a first look in minutes",
  tiny: "the bundled base",
};
const preset = "of the preset";

export function RunSettings({ settings, change, start }) {
  const set = (name) => (value) => change({ [name]: value });
  const number = (name, label, more = {}) =>
    html`<${NumberField} label=${label} value=${settings[name]} placeholder=${preset} onInput=${set(name)}
      ...${more} />`;
  const choice = (name, label, options, help) =>
    html`<${Select} label=${label} options=${options} empty=${preset} value=${settings[name]} help=${help}
      onInput=${set(name)} />`;
  return html`<div class="fields">
      <${TextField} label="Name of the adapter" value=${settings.output} spellcheck=${false} autocomplete="off"
        help="It is put into the library under this name." onInput=${set("output")} />
      <${TextField} label="Trigger word" value=${settings.trigger} spellcheck=${false}
        help="Put before captions that lack it; in a prompt it calls the style." onInput=${set("trigger")} />
    </div>
    <div class="fields">
      <${Select} label="Base" options=${start.bases.map((base) => base.name)}
        empty=${`${start.bases[0]?.name ?? "none"} (default)`}
        value=${settings.base} onInput=${set("base")} />
      <${Select} label="Preset" options=${start.presets} empty="by the base" value=${settings.preset}
        help=${presetHelp[settings.preset]} onInput=${set("preset")} />
      ${choice("method", "Method", start.methods)}
      ${number("rank", "Rank", { min: 1, step: 1 })}
      <${Select} label="Length" options=${[
        { value: "steps", text: "in steps" },
        { value: "epochs", text: "in passes over the pictures" },
      ]}
        value=${settings.length} onInput=${set("length")} />
      ${number(settings.length, settings.length === "steps" ? "Steps" : "Passes (epochs)", { min: 1, step: 1 })}
      ${number("batch", "Pictures per step", { min: 1, step: 1 })}
      ${number("lr", "Learning rate", { min: 0 })}
      ${choice("optimizer", "Optimizer", start.optimizers)}
    </div>
    <${Previews} settings=${settings} change=${change} />
    <${Disclosure} title="More settings" hint=${hintOf(settings)}>
      <div class="stack">
        <div class="fields">
          ${choice("targets", "Layers", start.targets)}
          ${number("alpha", "Alpha", { min: 0, help: "Divided by the rank it scales the adapter." })}
          ${number("dropout", "Share of captions left out", { min: 0, max: 1 })}
          ${number("validation", "Held out for validation, in %", { min: 0, max: 50, placeholder: "0" })}
          ${number("seed", "Seed", { min: 0, step: 1, placeholder: "0" })}
        </div>
        <${WarmStart} settings=${settings} change=${change} />
        <${Further} settings=${settings} change=${change} />
      </div>
    <//>`;
}

function Previews({ settings, change }) {
  const options = [
    { value: "captions", text: "by captions of some pictures" },
    { value: "prompts", text: "by prompts of your own" },
    { value: "none", text: "none" },
  ];
  return html`<div class="fields">
    <${Select} label="Previews while training" options=${options} value=${settings.previews}
      onInput=${(previews) => change({ previews })} />
    ${
      settings.previews === "prompts" &&
      html`<${TextField} label="Prompts, one a line" rows=${3} value=${settings.prompts}
        onInput=${(prompts) => change({ prompts })} />`
    }
  </div>`;
}

function WarmStart({ settings, change }) {
  const [picking, setPicking] = useState(false);
  const cards = useStore(library).value?.adapters ?? [];
  return html`<div>
    <p class="label">Train an adapter further</p>
    <div class="row">
      <span>${settings.from || "The adapter begins anew."}</span>
      <${Button} onClick=${() => setPicking(true)}>${settings.from ? "Another one" : "Choose one"}<//>
      ${
        settings.from &&
        html`<${Button} kind="quiet" icon="close"
        onClick=${() => change({ from: "" })}>Begin anew<//>`
      }
    </div>
    ${
      picking &&
      html`<${AdapterPicker} title="Train further" single cards=${cards} onPick=${({ name }) => change({ from: name })}
        onClose=${() => setPicking(false)} />`
    }
  </div>`;
}

function Further({ settings, change }) {
  return html`<${TextField} label="Any other setting, one KEY=VALUE a line" rows=${4} value=${settings.further}
    error=${problemOf(settings.further)}
    spellcheck=${false} placeholder=${"adapter.dropout=0.1\nsave.adapters=200"}
      onInput=${(further) => change({ further })}
    help="All keys are in docs/training-keys.md. A key that does not exist is named when you look." />`;
}

function problemOf(text) {
  try {
    pairsOf(text);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

function hintOf(settings) {
  const said = ["targets", "alpha", "dropout", "validation", "seed", "from"].filter(
    (name) => settings[name] !== undefined && settings[name] !== "",
  );
  const lines = settings.further.trim() ? [...said, "others"] : said;
  return lines.length > 0 ? `set: ${lines.join(", ")}` : "as the preset says";
}
