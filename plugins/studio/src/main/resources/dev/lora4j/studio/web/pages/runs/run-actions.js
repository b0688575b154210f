// What can be done with a training.
//   run
import { html, useState } from "../../parts/html.js";
import { changeJob } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { href } from "../../router.js";
import { jobs } from "../../state.js";
import { useStore } from "../../store.js";
import { ContinueDialog } from "./continue-dialog.js";

export function RunActions({ run }) {
  const [asking, setAsking] = useState(false);
  const job = (useStore(jobs).value ?? []).find((one) => one.id === run.job);
  const isRunning = run.state === "running";
  const isStopping = job?.state === "stopping";
  return html`<div class="row">
    ${
      isRunning &&
      job &&
      html`<${Button} icon="stop" busy=${isStopping} onClick=${() => changeJob("stop", job.id)}>
      ${isStopping ? "Stopping" : "Stop and keep"}<//>`
    }
    ${
      isRunning &&
      !job &&
      html`<span class="muted small">Started in a terminal: Ctrl-C there stops and keeps it.</span>`
    }
    ${
      !isRunning &&
      job?.state === "queued" &&
      html`<a class="button" href=${href("runs", { tab: "queue" })}>Waits in the queue</a>`
    }
    ${
      !isRunning &&
      job?.state !== "queued" &&
      html`<${Button} kind=${run.state === "unfinished" ? "primary" : "plain"}
      icon="play" onClick=${() => setAsking(true)}>
      ${run.state === "unfinished" ? "Continue" : "Train further"}<//>`
    }
    ${
      run.state === "finished" &&
      html`<a class="button" href=${href("library", { adapter: run.id })}>Show in the library</a>`
    }
    ${run.kind === "picture" && html`<a class="button" href=${href("evaluate", { adapter: run.id })}>Evaluate</a>`}
    ${asking && html`<${ContinueDialog} run=${run} onClose=${() => setAsking(false)} />`}
  </div>`;
}
