// What all pictures of a grid have in common: prompt, adapters, sampling.
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { NumberField } from "../../parts/number-field.js";
import { TextField } from "../../parts/text-field.js";
import { library } from "../../state.js";
import { useStore } from "../../store.js";
import { AdapterPicker } from "../blend/adapter-picker.js";
import { fewStepsText } from "../blend/few-steps.js";
import { SamplingFields } from "../blend/sampling-fields.js";
import { parseWeight } from "../blend/weight.js";
import { focusOn } from "../focus.js";
import { withAdapter } from "./settings.js";

export function GridSubject({ settings, change, start, base }) {
  const [picking, setPicking] = useState(false);
  const cards = useStore(library).value?.adapters ?? [];
  const set = (name) => (value) => change({ [name]: value === "" ? undefined : value });
  const setRows = (adapters) => change({ adapters });
  const remove = (name) => {
    setRows(settings.adapters.filter((one) => one.name !== name));
    focusOn("grid-adapters");
  };
  const pick = (card) => change(withAdapter(settings, card));
  return html`<${TextField} label="Prompt" rows=${2} value=${settings.prompt} placeholder="for example: a fox"
    onInput=${(prompt) => change({ prompt })} />
    <div>
      <div class="row spread"><p class="label" id="grid-adapters" tabindex="-1">Adapters</p><${Button} icon="plus"
        onClick=${() => setPicking(true)}>Add<//></div>
      <ul class="stack tight">
        ${settings.adapters.map(
          (row) => html`<li key=${row.name} class="grid-adapter">
            <${TextField} label=${`Weight of ${row.name}`} value=${row.weight} error=${weightProblem(row.weight)}
              spellcheck=${false}
              help=${otherwise(row)}
              onInput=${(weight) => setRows(settings.adapters.map((one) => (one.name === row.name ? { ...one, weight } : one)))} />
            <${Button} kind="quiet" icon="trash" label=${`Take ${row.name} out`}
              onClick=${() => remove(row.name)} />
          </li>`,
        )}
      </ul>
    </div>
    <${Disclosure} title="Negative prompt, base, sampling" hint=${base?.name}>
      <div class="stack">
        <${TextField} label="Negative prompt" rows=${2} value=${settings.negative ?? ""} onInput=${set("negative")} />
        <div class="fields">
          <${SamplingFields} values=${settings} base=${base} start=${start} onInput=${change} />
          <${NumberField} label="Seed" min=${0} step=${1} value=${settings.seed} placeholder="drawn anew"
            onInput=${set("seed")} />
          <${NumberField} label="Steps" min=${1} step=${1} value=${settings.steps}
            placeholder=${String(base?.steps ?? "")} onInput=${set("steps")} />
          <${NumberField} label="Guidance" min=${0} value=${settings.guidance}
            placeholder=${String(base?.guidance ?? "")} onInput=${set("guidance")} />
        </div>
        ${fewStepsText(base) && html`<p class="help">${fewStepsText(base)}</p>`}
        ${
          settings.mixer &&
          html`<p class="help">Mixer: ${settings.mixer}. <button type="button" class="link"
          onClick=${() => change({ mixer: undefined })}>Add up instead</button></p>`
        }
      </div>
    <//>
    ${
      picking &&
      html`<${AdapterPicker} base=${base?.name} cards=${cards} taken=${settings.adapters.map((row) => row.name)} onPick=${pick}
        onClose=${() => setPicking(false)} />`
    }`;
}

function otherwise(row) {
  const said = [
    row.text !== undefined && `text encoders ${row.text}`,
    row.blocks && `blocks ${row.blocks}`,
    row.region && "in its region",
  ];
  return said.filter(Boolean).join(", ") || undefined;
}

function weightProblem(text) {
  try {
    parseWeight(text);
    return undefined;
  } catch (error) {
    return error.message;
  }
}
