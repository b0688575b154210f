// Makes the picture of an adapter's card.
//   card, onClose()
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { Dialog } from "../../parts/dialog.js";
import { ErrorBox } from "../../parts/error-box.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { Slider } from "../../parts/slider.js";
import { TextField } from "../../parts/text-field.js";
import { readLibrary, start } from "../../state.js";
import { useStore } from "../../store.js";

// more are the words of its captions, and do not make one prompt
const fewTriggers = 2;

export function PreviewDialog({ card, onClose }) {
  const bases = (useStore(start).value?.bases ?? []).map((base) => base.name);
  const [base, setBase] = useState(card.bases?.[0] ?? bases[0] ?? "");
  const [prompt, setPrompt] = useState(
    ["a fox", ...(card.triggers?.length <= fewTriggers ? card.triggers : [])].join(", "),
  );
  const [seed, setSeed] = useState(1);
  const [weight, setWeight] = useState(card.weight ?? 1);
  const [error, setError] = useState();
  const make = async () => {
    setError(undefined);
    try {
      await post("studio/library/preview", { name: card.name, prompt, seed, weight, base });
      await readLibrary();
      onClose();
    } catch (problem) {
      setError(problem);
    }
  };
  const wrong = (field) => (error?.field === field ? error.message : undefined);
  const request = { base, prompt, seed, adapters: [{ name: card.name, weight: String(weight) }] };
  const footer = html`<${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" icon="picture" disabled=${!prompt.trim()} onClick=${make}>Make the picture<//>`;
  return html`<${Dialog} title=${`Picture of ${card.name}`} onClose=${onClose} footer=${footer}>
    <${TextField} label="Prompt" rows=${2} value=${prompt} onInput=${setPrompt} error=${wrong("prompt")} />
    <div class="columns">
      <${Select} label="Base" options=${bases} value=${base} onInput=${setBase} error=${wrong("base")} />
      <${NumberField} label="Seed" value=${seed} onInput=${setSeed} step="1" min="0" error=${wrong("seed")} />
    </div>
    <${Slider} label="Weight" value=${weight} onInput=${setWeight} min=${0} max=${1.5} />
    ${error && !error.field && html`<${ErrorBox} title="The picture was not made" error=${error} />`}
    <${CommandLine} label="The same picture by the command line" action=${prompt.trim() ? "generate" : undefined}
      request=${request} />
  <//>`;
}
