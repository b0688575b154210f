// Two evaluations beside each other: the difference of each score, and their sheets.
//   a, b   jobs
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Picture } from "../../parts/picture.js";
import { Table } from "../../parts/table.js";
import { useScores } from "./job-scores.js";
import { compared } from "./scores.js";
import { titleOf } from "./settings.js";

export function Comparison({ a, b, onSwap, onClose }) {
  const one = useScores(a).scores;
  const other = useScores(b).scores;
  const names = { a: titleOf(a), b: titleOf(b) };
  return html`<section class="panel stack" aria-labelledby="evaluate-comparison">
    <div class="row spread">
      <h2 id="evaluate-comparison">A and B</h2>
      <div class="row">
        <${Button} icon="again" onClick=${onSwap}>Swap<//>
        <${Button} kind="quiet" icon="close" onClick=${onClose}>Close<//>
      </div>
    </div>
    <dl class="letters"><div><dt>A</dt><dd>${names.a}</dd></div><div><dt>B</dt><dd>${names.b}</dd></div></dl>
    ${
      one &&
      other &&
      html`<${Table} caption="Scores of A and B" hideCaption columns=${columns}
      rows=${compared(one, other)} />`
    }
    <div class="columns">
      ${[
        [a, "A"],
        [b, "B"],
      ].map(([job, letter]) => {
        const sheet = job.files?.find((file) => file.name === "sheet.png");
        return (
          sheet && html`<${Picture} key=${letter} src=${sheet.url} alt=${`Sheet of ${letter}`} caption=${letter} />`
        );
      })}
    </div>
  </section>`;
}

const columns = [
  { key: "label", label: "Score" },
  { key: "a", label: "A", numeric: true, render: (row) => row.format(row.a) },
  { key: "b", label: "B", numeric: true, render: (row) => row.format(row.b) },
  { key: "change", label: "Difference", numeric: true, render: Difference },
];

function Difference({ change, isBetter, formatChange }) {
  const sign = change > 0 ? "+" : "";
  const word = isBetter === undefined ? "the same" : isBetter ? "B is better" : "A is better";
  return html`<span
    class=${isBetter === undefined ? "" : isBetter ? "better" : "worse"}>${sign}${formatChange(change)}, <small>${word}</small></span>`;
}
