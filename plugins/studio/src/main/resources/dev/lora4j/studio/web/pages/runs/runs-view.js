// The list of trainings, the chosen one, and another beside it.
//   runs, query {run, compare}
import { html, useState } from "../../parts/html.js";
import { EmptyState } from "../../parts/empty-state.js";
import { SearchBox } from "../../parts/search-box.js";
import { href } from "../../router.js";
import { RunDetail } from "./run-detail.js";
import { RunList } from "./run-list.js";

const many = 8;

export function RunsView({ runs, query }) {
  const [text, setText] = useState("");
  if (!runs.length) {
    return html`<${EmptyState} icon="train" title="No training yet">
      <p>A training shows here with its loss, previews and checkpoints, also one that you start in a terminal.</p>
      <p class="row"><a class="button primary" href=${href("train")}>Train a style</a></p>
    <//>`;
  }
  const newest = [...runs].sort((one, other) => rank(other) - rank(one) || other.updated - one.updated);
  const run = runs.find((one) => one.id === query.run) ?? newest[0];
  const other = runs.find((one) => one.id === query.compare && one.id !== run.id);
  const words = text.toLowerCase();
  return html`<div class="runs">
    <nav class="stack tight run-list" aria-label="Trainings">
      ${runs.length > many && html`<${SearchBox} label="Search trainings" value=${text} onInput=${setText} />`}
      <${RunList} runs=${newest.filter((one) => one.id.toLowerCase().includes(words))} current=${run.id} />
    </nav>
    <${RunDetail} key=${run.id} run=${run} other=${other} all=${newest} />
  </div>`;
}

const rank = (run) => (run.state === "running" ? 1 : 0);
