// An evaluation that was made, or is being made: scores, targets, controls, the sheet.
//   job, onAgain(settings)
//   letter             "A", "B" or undefined: its place in the comparison
//   onCompare()        puts it into the comparison or takes it out
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Chip } from "../../parts/chip.js";
import { Disclosure } from "../../parts/disclosure.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Picture } from "../../parts/picture.js";
import { Table } from "../../parts/table.js";
import { Result } from "../results.js";
import { useScores } from "./job-scores.js";
import { ScoreBars } from "./score-bars.js";
import { asPercent, kindsOf, numbers, shares } from "./scores.js";
import { settingsOf, titleOf } from "./settings.js";
import { Targets } from "./targets.js";

export function EvaluationResult({ job, onAgain, letter, onCompare }) {
  const { scores, error } = useScores(job);
  const sheet = job.files?.find((file) => file.name === "sheet.png");
  const title = titleOf(job);
  const distinct = `${title}, of ${new Date(job.created).toLocaleString("en")}`;
  return html`<${Result} job=${job} title=${title} again=${job.request && ((request) => onAgain(settingsOf(request)))}>
    ${error && html`<${ErrorBox} error=${error} />`}
    ${
      scores &&
      html`<div class="row">
        <${Button} icon="compare" aria-pressed=${Boolean(letter)}
          onClick=${onCompare}>${letter ? "Leave out of the comparison" : "Compare"}<//>
        ${letter && html`<${Chip} tone="good">${letter}<//>`}
      </div>
      <${ScoreBars} rows=${shares(scores)} />
      ${scores.targets?.length > 0 && html`<${Targets} targets=${scores.targets} />`}
      <${Disclosure} title="All numbers"><div class="stack">
        <${Table} caption=${`Other scores of ${distinct}`} hideCaption columns=${numberColumns}
          rows=${numbers(scores)} />
        <${Table} caption=${`Pictures and controls of ${distinct}`} columns=${kindColumns} rows=${kindsOf(scores)} />
        <p class="help">The style classifier is right about ${asPercent(scores.classifier_accuracy)} of true
          pictures that it has not seen.</p>
      </div><//>
      ${
        sheet &&
        html`<${Disclosure} title="Pictures" hint="base, adapter, truth and controls side by side">
        <${Picture} src=${sheet.url} alt=${`Sheet of ${title}`} /><//>`
      }`
    }
  <//>`;
}

const numberColumns = [
  { key: "label", label: "Score" },
  {
    key: "adapter",
    label: "With the adapter",
    numeric: true,
    render: (row) => (row.adapter === undefined ? "–" : row.format(row.adapter)),
  },
  { key: "base", label: "Base", numeric: true, render: (row) => (row.base === undefined ? "–" : row.format(row.base)) },
];

const fixed = (value, digits) => (value === undefined ? "–" : value.toFixed(digits));

const kindColumns = [
  { key: "key", label: "Pictures" },
  { key: "style", label: "Style", numeric: true, render: (row) => asPercent(row.style) },
  { key: "concept", label: "Concept in top 10", numeric: true, render: (row) => asPercent(row.concept_top10) },
  { key: "truth", label: "Truth nearest", numeric: true, render: (row) => asPercent(row.truth_top1) },
  { key: "rank", label: "Mean rank", numeric: true, render: (row) => fixed(row.truth_rank, 1) },
  { key: "distance", label: "Distance", numeric: true, render: (row) => fixed(row.truth_distance, 3) },
];
