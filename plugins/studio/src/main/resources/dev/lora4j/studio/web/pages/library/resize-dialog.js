// Gives an adapter another rank, as a new file.
//   card, onClose()
import { html, useState } from "../../parts/html.js";
import { ActionDialog } from "../../parts/action-dialog.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { Toggle } from "../../parts/toggle.js";

const rules = [
  { value: "", text: "The rank alone" },
  { value: "svFro", text: "Share of the norm" },
  { value: "svCumulative", text: "Share of the sum of singular values" },
  { value: "svRatio", text: "Greatest singular value divided by" },
];

export function ResizeDialog({ card, onClose }) {
  const half = Math.max(1, Math.floor((card.rank || 8) / 2));
  const [output, setOutput] = useState(`${card.name}-rank${half}`);
  const [rank, setRank] = useState(half);
  const [rule, setRule] = useState("");
  const [value, setValue] = useState(0.95);
  const [overwrite, setOverwrite] = useState(false);
  const request = {
    adapter: card.name,
    output: output.trim(),
    rank,
    ...(rule && { [rule]: value }),
    overwrite: overwrite || undefined,
  };
  const ready = output.trim() !== "" && (rule ? value !== undefined : rank !== undefined);
  return html`<${ActionDialog} title=${`Resize ${card.name}`} verb="Resize" action="resize" request=${request}
    ready=${ready} onClose=${onClose}>
    ${(error) => html`
      <${TextField} label="Name of the new adapter" value=${output} onInput=${setOutput} error=${error("output")}
        spellcheck=${false} />
      <${Select} label="What is kept at each layer" options=${rules} value=${rule} onInput=${setRule} />
      ${rule && html`<${NumberField} label="Value" value=${value} onInput=${setValue} min="0" error=${error(rule)} />`}
      <${NumberField} label=${rule ? "Rank at most" : "Rank"} value=${rank} onInput=${setRank} min="1" step="1"
        error=${error("rank")}
        help=${card.rank ? `It has rank ${card.rank} now.` : undefined} />
      <${Toggle} label="Replace an adapter of that name" value=${overwrite} onInput=${setOverwrite} />`}
  <//>`;
}
