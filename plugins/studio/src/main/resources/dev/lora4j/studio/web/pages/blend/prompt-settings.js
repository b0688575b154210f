// What the picture shows and how it is sampled.
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { NumberField } from "../../parts/number-field.js";
import { Slider } from "../../parts/slider.js";
import { TextField } from "../../parts/text-field.js";
import { edit } from "./editing.js";
import { fewStepsText } from "./few-steps.js";
import { SamplingFields } from "./sampling-fields.js";

const SEEDS = 2 ** 31;

export function PromptSettings({ blend, base, start }) {
  const set = (name) => (value) => edit((old) => ({ ...old, [name]: value === "" ? undefined : value }), name);
  const dice = () => edit((old) => ({ ...old, seed: Math.floor(Math.random() * SEEDS) }));
  return html`<section class="panel stack" aria-label="Prompt">
    <${TextField} label="Prompt" rows=${2} value=${blend.prompt} placeholder="for example: a fox"
      onInput=${(prompt) => edit((old) => ({ ...old, prompt }), "prompt")} />
    <div class="seed-row">
      <${NumberField} label="Seed" min=${0} step=${1} value=${blend.seed} placeholder="drawn anew"
        onInput=${set("seed")} />
      <${Button} icon="again" onClick=${dice}>Another seed<//>
    </div>
    <${Disclosure} title="Negative prompt, base, sampling" hint=${hintOf(blend, base)}>
      <${TextField} label="Negative prompt" rows=${2} value=${blend.negative ?? ""} onInput=${set("negative")} />
      <div class="fields">
        <${SamplingFields} values=${blend} base=${base} start=${start}
          onInput=${(changes, name) => edit((old) => ({ ...old, ...changes }), name)} />
      </div>
      <${Slider} label="Steps" min=${1} max=${60} step=${1} least=${1} value=${blend.steps ?? base?.steps ?? 20}
        onInput=${set("steps")} />
      <${Slider} label="Guidance" min=${0} max=${15} step=${0.5} least=${0}
        value=${blend.guidance ?? base?.guidance ?? 7.5} onInput=${set("guidance")} />
      ${fewStepsText(base) && html`<p class="help">${fewStepsText(base)}</p>`}
    <//>
  </section>`;
}

function hintOf(blend, base) {
  const size = `${blend.width ?? base?.width ?? "?"} × ${blend.height ?? base?.height ?? "?"}`;
  return `${base?.name ?? "no base"}, ${size}, ${blend.steps ?? base?.steps ?? 20} steps, ${blend.sampler ?? base?.sampler ?? ""}`;
}
