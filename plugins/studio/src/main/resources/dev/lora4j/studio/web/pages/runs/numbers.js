// The numbers of a training, and of another one beside them.
//   run, other (or undefined)
import { html } from "../../parts/html.js";
import { Table } from "../../parts/table.js";
import { ago, duration, short } from "../../parts/words.js";
import { stepOf } from "./step-of.js";

const numbers = [
  ["Step", stepOf],
  ["Loss, smoothed", (run) => run.smoothed !== undefined && short(run.smoothed, 4)],
  ["Validation", (run) => run.validation !== undefined && short(run.validation, 4)],
  ["Best validation", (run) => run.best && `${short(run.best.validation, 4)} at ${run.best.step.toLocaleString("en")}`],
  ["Learning rate", (run) => run.rate !== undefined && short(run.rate, 2)],
  ["Each step", (run) => run.secondsPerStep !== undefined && `${short(run.secondsPerStep, 2)} s`],
  ["Trained for", (run) => run.secondsPerStep !== undefined && duration(run.secondsPerStep * run.step)],
  ["Last written", (run) => run.updated && ago(run.updated)],
];

export function Numbers({ run, other }) {
  const rows = numbers
    .map(([name, of]) => ({ name, one: of(run), two: other && of(other) }))
    .filter(({ one, two }) => one || two);
  if (other) {
    const columns = [
      { key: "name", label: "Number" },
      { key: "one", label: run.id, render: (row) => row.one || "–" },
      { key: "two", label: other.id, render: (row) => row.two || "–" },
    ];
    return html`<${Table} caption=${`Numbers of ${run.id} and ${other.id}`} hideCaption columns=${columns} rows=${rows}
      keyOf=${(row) => row.name} />`;
  }
  return html`<dl class="numbers">
    ${rows.map(({ name, one }) => html`<div key=${name}><dt>${name}</dt><dd class="numeric">${one}</dd></div>`)}
  </dl>`;
}
