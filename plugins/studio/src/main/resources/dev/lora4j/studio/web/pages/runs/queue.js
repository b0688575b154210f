// The queue: what runs and waits, by lane, and what has ended.
//   jobs
import { html } from "../../parts/html.js";
import { changeJob, isActive, moveJob } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { EmptyState } from "../../parts/empty-state.js";
import { toastError } from "../../parts/toast.js";
import { plural } from "../../parts/words.js";
import { href } from "../../router.js";
import { JobRow } from "./job-row.js";

const lanes = [
  { name: "training", title: "Trainings", hint: "one after the other" },
  { name: "work", title: "Pictures and files", hint: "one after the other, beside a training" },
  { name: "quick", title: "Short work", hint: "" },
];

export function Queue({ jobs }) {
  const active = jobs.filter(isActive);
  const ended = jobs.filter((job) => !isActive(job)).sort((one, other) => (other.ended ?? 0) - (one.ended ?? 0));
  const failed = ended.filter((job) => job.state === "failed" || job.state === "interrupted");
  const forget = () => Promise.all(ended.map((job) => changeJob("remove", job.id)));
  return html`<div class="stack">
    ${
      jobs.length === 0 &&
      html`<${EmptyState} icon="runs" title="The queue is empty">
      <p>Trainings, grids and everything else that takes a while wait here, and go on when you close the page.</p>
      <p class="row"><a class="button primary" href=${href("train")}>Train a style</a></p>
    <//>`
    }
    ${jobs.length > 0 && active.length === 0 && html`<p class="muted">Nothing waits.</p>`}
    ${lanes.map(
      (lane) => html`<${Lane} key=${lane.name} lane=${lane}
      jobs=${active.filter((job) => job.lane === lane.name)} />`,
    )}
    ${
      ended.length > 0 &&
      html`<${Disclosure} title=${`Ended: ${ended.length}`}
      open=${active.length === 0 || failed.length > 0}
      hint=${failed.length ? plural(failed.length, "did not end well", "did not end well") : ""}>
      <div class="stack tight">
        <ul class="jobs">${ended.map((job) => html`<li key=${job.id}><${JobRow} job=${job} /></li>`)}</ul>
        <div class="row"><${Button} icon="trash" onClick=${forget}>Forget all that ended<//>
          <span class="muted small">What they made stays.</span></div>
      </div>
    <//>`
    }
  </div>`;
}

function Lane({ lane, jobs }) {
  if (!jobs.length) {
    return null;
  }
  const running = jobs.filter((job) => job.state !== "queued");
  const waiting = jobs.filter((job) => job.state === "queued").sort((one, other) => one.position - other.position);
  const move = (at, to) => {
    const others = waiting.filter((_, index) => index !== at);
    return moveJob(waiting[at].id, others[to]?.id ?? "").catch(toastError);
  };
  return html`<section>
    <h2 class="lane">${lane.title} ${lane.hint && html`<small class="muted">${lane.hint}</small>`}</h2>
    <ol class="jobs">
      ${running.map((job) => html`<li key=${job.id}><${JobRow} job=${job} /></li>`)}
      ${waiting.map(
        (job, at) => html`<li key=${job.id}><${JobRow} job=${job}
        onUp=${at > 0 ? () => move(at, at - 1) : undefined}
        onDown=${at < waiting.length - 1 ? () => move(at, at + 1) : undefined} /></li>`,
      )}
    </ol>
  </section>`;
}
