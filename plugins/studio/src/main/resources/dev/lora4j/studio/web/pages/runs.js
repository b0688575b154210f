// Runs: the queue of command lines, and the trainings with their charts and previews.
import { html } from "../parts/html.js";
import { isActive } from "../actions.js";
import { ErrorBox } from "../parts/error-box.js";
import { Loading } from "../parts/loading.js";
import { PageHead } from "../parts/page-head.js";
import { Tabs } from "../parts/tabs.js";
import { setQuery } from "../router.js";
import { jobs, readJobs, readRuns, runs } from "../state.js";
import { useStore } from "../store.js";
import { Queue } from "./runs/queue.js";
import { RunsView } from "./runs/runs-view.js";

export default function Runs({ query }) {
  const queue = useStore(jobs);
  const trainings = useStore(runs);
  const active = (queue.value ?? []).filter(isActive).length;
  const current = query.tab ?? (query.run || (!active && trainings.value?.length) ? "runs" : "queue");
  const tabs = [
    { id: "queue", label: "Queue", count: active },
    { id: "runs", label: "Trainings", count: trainings.value?.length ?? 0 },
  ];
  const panel =
    current === "queue"
      ? shown(queue, "the queue", readJobs, (list) => html`<${Queue} jobs=${list} />`)
      : shown(trainings, "the trainings", readRuns, (list) => html`<${RunsView} runs=${list} query=${query} />`);
  return html`<${PageHead} title="Runs" />
    <${Tabs} label="Runs" tabs=${tabs} current=${current} onSelect=${(tab) => setQuery({ tab })}>${panel}<//>`;
}

function shown({ value, error }, what, read, show) {
  return html`
    ${error && html`<${ErrorBox} title=${`Could not read ${what}`} error=${error} onRetry=${read} />`}
    ${!value && !error && html`<${Loading} text=${what} />`}
    ${value && show(value)}`;
}
