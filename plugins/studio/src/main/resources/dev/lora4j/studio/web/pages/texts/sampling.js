// How tokens are drawn.
//   sampling   as in texts.js
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { NumberField } from "../../parts/number-field.js";
import { Slider } from "../../parts/slider.js";
import { TextField } from "../../parts/text-field.js";
import { changeSampling, defaults } from "./texts.js";

export function Sampling({ sampling }) {
  const set = (key) => (value) => changeSampling({ [key]: value ?? defaults[key] });
  return html`<div class="stack">
    <${Slider} label="Temperature" value=${sampling.temperature} min=${0} max=${2} least=${0}
      onInput=${set("temperature")} help="0 takes the likeliest token always." />
    <${Slider} label="Top p" value=${sampling.topP} min=${0.05} max=${1} least=${0} most=${1} onInput=${set("topP")} />
    <${Slider} label="Min p" value=${sampling.minP} min=${0} max=${0.5} step=${0.01} least=${0} most=${1}
      onInput=${set("minP")} />
    <${Slider} label="Repetition penalty" value=${sampling.repetitionPenalty} min=${1} max=${2} least=${0}
      onInput=${set("repetitionPenalty")} />
    <div class="columns pairs">
      <${NumberField} label="Tokens at most" value=${sampling.maxTokens} min="1" step="1" onInput=${set("maxTokens")} />
      <${NumberField} label="Top k" value=${sampling.topK || undefined} placeholder="all" min="0" step="1"
        onInput=${set("topK")} />
      <${NumberField} label="Seed" value=${sampling.seed} min="0" step="1" onInput=${set("seed")} />
    </div>
    <${TextField} label="Stop texts" rows=${2} value=${sampling.stop} onInput=${set("stop")} spellcheck=${false}
      help="One a line; \\n stands for a line break." />
    <div class="row"><${Button} onClick=${() => changeSampling(defaults)}>Defaults<//></div>
  </div>`;
}
