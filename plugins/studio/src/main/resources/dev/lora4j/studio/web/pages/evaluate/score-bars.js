// Shares as bars: the adapter's, with a mark where the base is.
import { html } from "../../parts/html.js";

export function ScoreBars({ rows }) {
  return html`<ul class="score-bars">${rows.map((row) => html`<${Bar} key=${row.key} row=${row} />`)}</ul>`;
}

function Bar({ row }) {
  const shown = row.adapter ?? row.base;
  const style = { "--value": `${shown * 100}%`, "--mark": `${(row.base ?? 0) * 100}%` };
  const hasMark = row.adapter !== undefined && row.base !== undefined;
  return html`<li>
    <p><strong>${row.label}</strong> <span class="score">${row.format(shown)}</span></p>
    <div class="score-bar" style=${style} aria-hidden="true">${hasMark && html`<span class="mark" />`}</div>
    <p class="help">
      ${row.help}${hasMark ? `; the base alone ${row.format(row.base)}` : ""}${
        row.control === undefined ? "" : `, without colours ${row.format(row.control)}`
      }
    </p>
  </li>`;
}
