// The settings of a training; of two trainings those that differ.
//   runs
import { html } from "../../parts/html.js";
import { Table } from "../../parts/table.js";

export function SettingsTable({ runs }) {
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.settings ?? {})))].sort();
  const rows = keys
    .map((key) => ({ key, values: runs.map((run) => text(run.settings?.[key])) }))
    .filter((row) => runs.length === 1 || row.values[0] !== row.values[1]);
  const columns = [
    { key: "key", label: "Setting", render: (row) => html`<code>${row.key}</code>` },
    ...runs.map((run, at) => ({
      key: run.id,
      label: runs.length > 1 ? run.id : "Value",
      render: (row) => row.values[at],
    })),
  ];
  return rows.length
    ? html`<${Table} caption=${runs.length > 1 ? "Settings that differ" : "Settings"} hideCaption columns=${columns}
      rows=${rows} />`
    : html`<p class="muted">They have the same settings.</p>`;
}

const text = (value) =>
  value === undefined || value === null ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);
