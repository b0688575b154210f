// Loss and validation of one or two trainings over their steps.
//   runs
import { html, useMemo } from "../../parts/html.js";
import { Chart } from "../../parts/chart.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Loading } from "../../parts/loading.js";
import { Select } from "../../parts/select.js";
import { Slider } from "../../parts/slider.js";
import { Toggle } from "../../parts/toggle.js";
import { short } from "../../parts/words.js";
import { storedStore, useStore } from "../../store.js";
import { smooth, useRunLogs } from "./run-log.js";

const options = storedStore("lora4j.chart", { smoothing: 0.9, log: false, value: "loss" });
const values = {
  loss: { text: "Loss", column: 1, smoothed: true },
  gradient: { text: "Gradient norm", column: 2, smoothed: true },
  rate: { text: "Learning rate", column: 3 },
};

export function LossChart({ runs }) {
  const logs = useRunLogs(runs);
  const { smoothing, log, value } = useStore(options);
  const set = (changes) => options.update((old) => ({ ...old, ...changes }));
  const series = useMemo(
    () => runs.flatMap((run, at) => seriesOf(run, at, runs.length > 1, logs[run.id]?.rows ?? [], value, smoothing)),
    [logs, value, smoothing, runs.map((run) => run.id).join(" ")],
  );
  const error = runs.map((run) => logs[run.id]?.error).find(Boolean);
  const isRead = runs.every((run) => logs[run.id]);
  const title = values[value].text;
  return html`<div class="stack tight">
    <div class="chart-options">
      <${Select} label="Chart" options=${Object.entries(values).map(([key, { text }]) => ({ value: key, text }))}
        value=${value}
        onInput=${(key) => set({ value: key })} />
      <${Slider} label="Smoothing" value=${smoothing} min=${0} max=${0.99} step=${0.01} least=${0} most=${0.999}
        disabled=${!values[value].smoothed} onInput=${(share) => set({ smoothing: share })} />
      <${Toggle} label="Powers of ten" value=${log} onInput=${(on) => set({ log: on })} />
    </div>
    ${error && html`<${ErrorBox} title="The log could not be read" error=${error} />`}
    ${!isRead && !error && html`<${Loading} text="the log" />`}
    ${
      isRead &&
      (series.length
        ? html`<${Chart} label=${`${title} of ${runs.map((run) => run.id).join(" and ")}`} series=${series}
          xLabel="Step"
        yLabel=${title}
          log=${log} format=${(number) => short(number, 4)} />`
        : html`<p class="muted">It has made no step yet.</p>`)
    }
  </div>`;
}

function seriesOf(run, at, isNamed, rows, value, smoothing) {
  const { column, text, smoothed } = values[value];
  const points = rows.map((row) => [row[0], row[column]]);
  if (!points.length) {
    return [];
  }
  const name = (words) => (isNamed ? `${run.id}, ${words}` : words);
  const tone = at * 2 + 1;
  const validation = rows.filter((row) => Number.isFinite(row[4])).map((row) => [row[0], row[4]]);
  return [
    ...(smoothed && smoothing > 0
      ? [
          { name: name(`${text.toLowerCase()} as it is`), points, tone, faint: true },
          { name: name(`${text.toLowerCase()}, smoothed`), points: smooth(points, smoothing), tone },
        ]
      : [{ name: name(text.toLowerCase()), points, tone }]),
    ...(value === "loss" && validation.length
      ? [{ name: name("validation"), points: validation, tone: tone + 1, dashed: true }]
      : []),
  ];
}
