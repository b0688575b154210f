// Two adapters, block by block: how strong each is, how much of what both change has opposite signs, and how many
// directions they share.
//   pair   of mix --json: {a, b, total, blocks, advice}
import { html } from "../../parts/html.js";
import { Table } from "../../parts/table.js";
import { short } from "../../parts/words.js";

export function InterferenceTable({ pair }) {
  const rows = [
    ...Object.entries(pair.blocks ?? {}).map(([block, numbers]) => ({ key: block, ...numbers })),
    { key: "all", ...pair.total },
  ];
  const columns = [
    { key: "key", label: "Block" },
    { key: "normA", label: pair.a, numeric: true, render: (row) => short(row.normA) },
    { key: "normB", label: pair.b, numeric: true, render: (row) => short(row.normB) },
    {
      key: "conflict",
      label: "Conflict",
      numeric: true,
      render: (row) => html`<${Share} value=${row.conflict} from=${0.5} />`,
    },
    {
      key: "overlap",
      label: "Overlap",
      numeric: true,
      render: (row) => html`<${Share} value=${row.overlap} from=${0} />`,
    },
  ];
  return html`<div class="interference">
    <h3>${pair.a} and ${pair.b}</h3>
    ${pair.advice && html`<p>${pair.advice}</p>`}
    <p class="help">Conflict: share of the numbers that both change with opposite signs; 0.5 is chance.
      Overlap: share of the directions that both change.</p>
    <${Table} caption=${`${pair.a} and ${pair.b}, by block`} hideCaption columns=${columns} rows=${rows} />
  </div>`;
}

/** A number on a colour that is the stronger the farther it lies above `from`. */
function Share({ value, from }) {
  if (value === undefined || value === null) {
    return "–";
  }
  const strength = Math.min(1, Math.max(0, (value - from) / (1 - from)));
  return html`<span class="heat" style=${{ "--heat": `${Math.round(strength * 100)}%` }}>${value.toFixed(2)}</span>`;
}
