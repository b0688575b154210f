// What a job does just now.
//   <JobState job />      its state as a chip
//   <JobProgress job />   bar, numbers, time left, or why it failed
import { html } from "./html.js";
import { Chip } from "./chip.js";
import { Progress } from "./progress.js";

const states = {
  queued: ["Waiting", ""],
  running: ["Running", "busy"],
  stopping: ["Stopping", "busy"],
  done: ["Done", "good"],
  failed: ["Failed", "bad"],
  stopped: ["Stopped", ""],
  interrupted: ["Interrupted", "bad"],
};

export function JobState({ job }) {
  const [text, tone] = states[job.state] ?? [job.state, ""];
  return html`<${Chip} tone=${tone}>${text}<//>`;
}

export function JobProgress({ job }) {
  const { progress, state, message } = job;
  const isRunning = state === "running" || state === "stopping";
  return html`<div class="job-progress">
    ${
      isRunning &&
      html`<${Progress} label=${progress?.task ?? job.title} done=${progress?.done ?? 0}
      total=${progress?.total} unit=${progress?.unit} detail=${progress?.detail} />`
    }
    ${message && !isRunning && html`<p class="error-text">${message}</p>`}
  </div>`;
}
