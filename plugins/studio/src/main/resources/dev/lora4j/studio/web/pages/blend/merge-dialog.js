// A dialog that makes one file of the adapters that are on. A file has one weight for all steps and places, so what a
// picture alone can have is said, and the weights can be changed here.
import { html, useState } from "../../parts/html.js";
import { startAction } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { Dialog } from "../../parts/dialog.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { Toggle } from "../../parts/toggle.js";
import { MixerFields } from "./mixer-fields.js";
import { onlyInPictures, taking } from "./model.js";

export function MergeDialog({ blend, start, onClose }) {
  const [output, setOutput] = useState(
    taking(blend)
      .map((row) => row.name.split("/").pop())
      .join("-"),
  );
  const [weights, setWeights] = useState(Object.fromEntries(taking(blend).map((row) => [row.name, row.weight])));
  const [settings, setSettings] = useState({
    mixer: blend.mixer ?? "",
    rank: undefined,
    dtype: "",
    layout: "",
    overwrite: false,
  });
  const [problem, setProblem] = useState();
  const mixers = start.mixers.filter((mixer) => mixer.merges !== false);
  const rows = blend.adapters.filter((row) => row.name in weights);
  const set = (name) => (value) => setSettings({ ...settings, [name]: value });
  const request = requestOf({ output, rows, weights, settings, base: blend.base });
  const merge = async () => {
    try {
      await startAction("merge", request);
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  const footer = html`<${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" disabled=${!output.trim()} onClick=${merge}>Merge<//>`;
  return html`<${Dialog} title="Merge to one file" wide onClose=${onClose} footer=${footer}>
    <${TextField} label="Name of the new adapter" value=${output} onInput=${setOutput} spellcheck=${false}
      error=${problem?.field === "output" ? problem.message : undefined} />
    ${rows.map(
      (row) => html`<${RowOfFile} key=${row.name} row=${row} weight=${weights[row.name]}
      onInput=${(weight) => setWeights({ ...weights, [row.name]: weight })} />`,
    )}
    <${MixerFields} mixers=${mixers} value=${settings.mixer} empty="linear, the exact sum; svd with a rank"
      onInput=${set("mixer")} />
    <div class="fields">
      <${NumberField} label="Rank" min=${1} step=${1} value=${settings.rank} placeholder="as needed"
        onInput=${set("rank")} />
      <${Select} label="Type of the numbers" options=${["f16", "bf16", "f32"]} empty="as in the adapters"
        value=${settings.dtype} onInput=${set("dtype")} />
      <${Select} label="Layout" options=${["kohya", "diffusers", "peft"]} empty="as the adapters'"
        value=${settings.layout} onInput=${set("layout")} />
    </div>
    <${Toggle} label="Replace an adapter of that name" value=${settings.overwrite} onInput=${set("overwrite")} />
    ${problem && problem.field !== "output" && html`<p class="error-text" role="alert">${problem.message}</p>`}
    <${CommandLine} action="merge" request=${request} />
  <//>`;
}

function RowOfFile({ row, weight, onInput }) {
  const lost = onlyInPictures(row);
  return html`<${NumberField} label=${`Weight of ${row.name}`} value=${weight} onInput=${onInput}
    help=${lost.length > 0 ? `In the picture ${lost.join(", and ")}. A file cannot do that: it gets this weight in all steps and places.` : undefined} />`;
}

function requestOf({ output, rows, weights, settings, base }) {
  const adapters = rows
    .filter((row) => weights[row.name] !== undefined)
    .map((row) => ({
      name: row.name,
      weight: weights[row.name],
      ...(row.text !== undefined && { text: row.text }),
      ...(row.blocks && { blocks: row.blocks }),
    }));
  const said = Object.entries({ ...settings, base }).filter(
    ([, value]) => value !== undefined && value !== "" && value !== false,
  );
  return { output: output.trim(), adapters, ...Object.fromEntries(said) };
}
