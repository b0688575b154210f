// The Grid page: pictures that differ in one thing in each direction, on one sheet.
import { html, useEffect } from "../parts/html.js";
import { startAction } from "../actions.js";
import { Button } from "../parts/button.js";
import { CommandLine } from "../parts/command-line.js";
import { EmptyState } from "../parts/empty-state.js";
import { PageHead } from "../parts/page-head.js";
import { plural } from "../parts/words.js";
import { setQuery } from "../router.js";
import { blend, library } from "../state.js";
import { storedStore, useStore } from "../store.js";
import { blocksOf } from "./blend/block-shares.js";
import { defaultsOf } from "./blend/few-steps.js";
import { AxisField } from "./grid/axis-field.js";
import { countOf, lackOf, problemOf } from "./grid/axes.js";
import { GridResult } from "./grid/grid-result.js";
import { GridSubject } from "./grid/grid-subject.js";
import { FIRST, ofBlend, requestOf, withAdapter } from "./grid/settings.js";
import { useJobsOf } from "./results.js";
import { needsStart } from "./needs-start.js";

const kept = storedStore("lora4j.grid", FIRST);
const directions = [
  ["x", "From left to right"],
  ["y", "From top to bottom"],
  ["z", "From sheet to sheet"],
];

function GridPage({ query, start }) {
  const settings = { ...FIRST, ...useStore(kept) };
  const change = (changes) => kept.update((old) => ({ ...FIRST, ...old, ...changes }));
  const results = useJobsOf("grid");
  useEffect(() => {
    if (query.adapter) {
      kept.update((old) => ofWeights({ ...FIRST, ...old }, query.adapter));
      setQuery({ adapter: undefined });
    }
  }, [query.adapter]);
  const cards = useStore(library).value?.adapters ?? [];
  const chosen = start.bases.find((one) => one.name === settings.base) ?? start.bases[0];
  const base = defaultsOf(chosen, settings, cards);
  const known = { ...settings, adapters: settings.adapters.map((row) => row.name), blocks: blocksOf(base) };
  const problems = directions.map(([name]) => problemOf(settings.axes[name], known));
  const lacking = [
    !settings.prompt.trim() && "Write a prompt.",
    !settings.axes.x.kind && "Say what changes from left to right.",
    ...directions.map(([name]) => lackOf(settings.axes[name], known)),
  ].filter(Boolean);
  const ready = lacking.length === 0 && problems.every((problem) => !problem);
  const count = countOf(Object.values(settings.axes));
  const setAxis = (name) => (changes) =>
    change({ axes: { ...settings.axes, [name]: { ...settings.axes[name], ...changes } } });
  return html`<${PageHead} title="Grid" lead="Pictures that differ in one thing in each direction, on one sheet.">
      <${Button} icon="blend" onClick=${() => kept.set(ofBlend(settings, blend.get()))}>Take the blend<//>
    <//>
    <div class="form-and-results">
      <section class="panel stack" aria-label="What the grid shows">
        <${GridSubject} settings=${settings} change=${change} start=${start} base=${base} />
        ${directions.map(
          (
            [name, label],
            i,
          ) => html`<${AxisField} key=${name} label=${label} axis=${settings.axes[name]} onChange=${setAxis(name)}
            adapters=${known.adapters} blocks=${known.blocks} start=${start} problem=${problems[i]}
              required=${name === "x"} />`,
        )}
        ${
          lacking.length > 0 &&
          html`<ul class="todo">${[...new Set(lacking)].map(
            (one) => html`<li
          key=${one}>${one}</li>`,
          )}</ul>`
        }
        <div class="row">
          <${Button} kind="primary" icon="play" disabled=${!ready}
            onClick=${() => startAction("grid", requestOf(settings))}>
            Make ${plural(count, "picture")}<//>
        </div>
        ${ready && html`<${CommandLine} action="grid" request=${requestOf(settings)} />`}
      </section>
      <section class="stack" aria-label="Grids">
        ${
          results?.length === 0 &&
          html`<${EmptyState} icon="grid"
          title="No grid yet"><p>Choose what changes, and press Make.</p><//>`
        }
        ${results?.map((job) => html`<${GridResult} key=${job.id} job=${job} onAgain=${change} />`)}
      </section>
    </div>`;
}

export default needsStart(GridPage);

/** Settings that show an adapter at several weights. */
function ofWeights(settings, name) {
  const { adapters, axes } = withAdapter(settings, { name });
  return { ...settings, adapters, axes: { ...axes, x: { kind: "lora", adapter: name, values: "0,0.5,1" } } };
}
