// A training: numbers, chart, previews, checkpoints, settings; another one beside it if it is compared.
//   run, other (compared, or undefined), all
import { html } from "../../parts/html.js";
import { CommandLine } from "../../parts/command-line.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Progress } from "../../parts/progress.js";
import { Select } from "../../parts/select.js";
import { duration, plural } from "../../parts/words.js";
import { setQuery } from "../../router.js";
import { Checkpoints } from "./checkpoints.js";
import { LossChart } from "./loss-chart.js";
import { Numbers } from "./numbers.js";
import { Previews } from "./previews.js";
import { RunActions } from "./run-actions.js";
import { RunState } from "./run-state.js";
import { SettingsTable } from "./settings-table.js";

export function RunDetail({ run, other, all }) {
  const isRunning = run.state === "running";
  const others = all.filter((one) => one.id !== run.id).map((one) => one.id);
  const count = Object.keys(run.settings ?? {}).length;
  return html`<article class="stack run" aria-label=${run.id}>
    <header class="row spread">
      <h2 class="row">${run.id} <${RunState} run=${run} /></h2>
      <${RunActions} run=${run} />
    </header>
    ${
      isRunning &&
      html`<${Progress} label=${`Training ${run.id}`} done=${run.step} total=${run.steps} unit="step"
      detail=${run.left === undefined ? "" : `${duration(run.left)} left`} />`
    }
    <${Numbers} run=${run} other=${other} />
    ${
      others.length > 0 &&
      html`<div class="compare"><${Select} label="Compare with" empty="nothing" options=${others}
      value=${other?.id}
      onInput=${(compare) => setQuery({ compare: compare || undefined, run: run.id, tab: "runs" })} /></div>`
    }
    <section class="panel"><${LossChart} runs=${other ? [run, other] : [run]} /></section>
    <${Previews} runs=${other ? [run, other] : [run]} />
    <${Checkpoints} run=${run} />
    ${
      other
        ? html`<section class="stack tight"><h3>Settings that differ</h3><${SettingsTable} runs=${[run, other]} />
        </section>`
        : count > 0 &&
          html`<${Disclosure} title="Settings" hint=${plural(count, "setting")}><${SettingsTable}
        runs=${[run]} /><//>`
    }
    ${run.command && html`<${CommandLine} command=${run.command} label="Command line of this training" />`}
  </article>`;
}
