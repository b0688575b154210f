// A job of the queue.
//   job
//   onUp(), onDown()   move it among those that wait; absent where it cannot move
import { html, useState } from "../../parts/html.js";
import { changeJob } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { Confirm } from "../../parts/confirm.js";
import { Disclosure } from "../../parts/disclosure.js";
import { JobProgress, JobState } from "../../parts/job.js";
import { ago, duration } from "../../parts/words.js";
import { href } from "../../router.js";
import { JobDetail } from "./job-detail.js";

const lostSteps = "It ends at once and loses the steps since its last checkpoint. Stop and keep loses nothing.";

export function JobRow({ job, onUp, onDown }) {
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState(false);
  const isQueued = job.state === "queued";
  const isRunning = job.state === "running" || job.state === "stopping";
  const isTraining = job.lane === "training";
  const again = isTraining && (job.state === "stopped" || job.state === "interrupted") ? "Continue" : "Run again";
  const act = (change) => () => changeJob(change, job.id);
  return html`<article class="panel job">
    <header class="row">
      <h3 class="grow">${
        isTraining && job.adapter
          ? html`<a href=${href("runs", { run: job.adapter, tab: "runs" })}>
        ${job.title}</a>`
          : job.title
      }</h3>
      <${JobState} job=${job} />
      <span class="muted small numeric">${times(job)}</span>
      <span class="row job-buttons">
        ${
          isQueued &&
          html`
          <${Button} kind="quiet" icon="up" label=${`Move ${job.title} up`} disabled=${!onUp} onClick=${onUp} />
          <${Button} kind="quiet" icon="down" label=${`Move ${job.title} down`} disabled=${!onDown} onClick=${onDown} />
          <${Button} kind="quiet" icon="close" onClick=${act("stop")}>Take out<//>`
        }
        ${
          job.state === "running" &&
          html`<${Button} icon="stop" onClick=${act("stop")}>
          ${isTraining ? "Stop and keep" : "Stop"}<//>`
        }
        ${isRunning && html`<${Button} kind="quiet" onClick=${() => setAsking(true)}>Kill<//>`}
        ${
          !isQueued &&
          !isRunning &&
          html`
          <${Button} icon="again" onClick=${act("again")}>${again}<//>
          <${Button} kind="quiet" icon="trash" label=${`Forget ${job.title}`} onClick=${act("remove")} />`
        }
      </span>
    </header>
    <${JobProgress} job=${job} />
    <${Disclosure} title="Command line and log" onToggle=${setOpen}>${open && html`<${JobDetail} job=${job} />`}<//>
    ${
      asking &&
      html`<${Confirm} title=${`Kill ${job.title}?`} verb="Kill it" danger onConfirm=${act("kill")}
      onClose=${() => setAsking(false)}>
      <p>${isTraining ? lostSteps : "It ends at once. What it has made so far may be incomplete."}</p>
    <//>`
    }
  </article>`;
}

function times(job) {
  if (job.ended) {
    return `${ago(job.ended)}${job.started ? `, took ${duration((job.ended - job.started) / 1000)}` : ""}`;
  }
  return job.started ? `since ${duration((Date.now() - job.started) / 1000)}` : "";
}
