// The adapters of the blend, and how they are blended.
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty-state.js";
import { library, runs } from "../../state.js";
import { useStore } from "../../store.js";
import { AdapterPicker } from "./adapter-picker.js";
import { AdapterRow } from "./adapter-row.js";
import { MixerChoice } from "./mixer-choice.js";
import { addRow } from "./model.js";
import { edit } from "./editing.js";

export function AdapterList({ blend, base, start, ratio }) {
  const { value } = useStore(library);
  const [picking, setPicking] = useState(false);
  const cards = new Map((value?.adapters ?? []).map((card) => [card.name, card]));
  const ofRuns = new Set(
    (useStore(runs).value ?? []).flatMap((run) => (run.adapters ?? []).map((adapter) => adapter.name)),
  );
  const isUnknown = (name) => value !== undefined && !cards.has(name) && !ofRuns.has(name);
  const pick = (card) => edit((old) => addRow(old, card));
  return html`<section class="panel stack" aria-labelledby="blend-adapters">
    <div class="row spread">
      <h2 id="blend-adapters" tabindex="-1">Adapters</h2>
      <${Button} kind="primary" icon="plus" onClick=${() => setPicking(true)}>Add an adapter<//>
    </div>
    ${
      blend.adapters.length === 0 &&
      html`<${EmptyState} title="Nothing is blended in">
      <p>The picture is the base's own. Add adapters and move their weights.</p>
    <//>`
    }
    <ol class="adapter-rows">
      ${blend.adapters.map(
        (
          row,
          i,
        ) => html`<${AdapterRow} key=${row.name} row=${row} card=${cards.get(row.name)} isUnknown=${isUnknown(row.name)}
          blend=${blend} base=${base} ratio=${ratio} tone=${1 + (i % 6)} isFirst=${i === 0}
          isLast=${i === blend.adapters.length - 1} />`,
      )}
    </ol>
    ${blend.adapters.length > 0 && html`<${MixerChoice} blend=${blend} start=${start} />`}
    ${
      picking &&
      html`<${AdapterPicker} base=${base?.name} cards=${[...cards.values()]} taken=${blend.adapters.map((row) => row.name)} onPick=${pick}
      onClose=${() => setPicking(false)} />`
    }
  </section>`;
}
