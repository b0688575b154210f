// A dialog for one action: its fields, its command line, and its job from start to end.
//   title, verb       heading and text of the button
//   action, request   name and request (see actions.js)
//   ready             false while a field that is needed is empty
//   onClose()
//   children          a function of (error): error(field) is the text of what is wrong with a field
//   done(job)         what is shown when the job has ended well
import { html, useState } from "./html.js";
import { startAction } from "../actions.js";
import { href } from "../router.js";
import { jobs } from "../state.js";
import { useStore } from "../store.js";
import { Button } from "./button.js";
import { CommandLine } from "./command-line.js";
import { Dialog } from "./dialog.js";
import { ErrorBox } from "./error-box.js";
import { JobProgress, JobState } from "./job.js";

export function ActionDialog({ title, verb, action, request, ready = true, onClose, children, done }) {
  const [problem, setProblem] = useState();
  const [refused, setRefused] = useState();
  const [id, setId] = useState();
  const job = (useStore(jobs).value ?? []).find((one) => one.id === id);
  const shown = refused ?? problem;
  const error = (field) => (shown?.field === field ? shown.message : undefined);
  const start = async () => {
    try {
      setRefused(undefined);
      setId((await startAction(action, request)).id);
    } catch (reason) {
      setRefused(reason);
    }
  };
  const footer = id
    ? html`<a class="button" href=${href("runs", { tab: "queue" })}>See the queue</a>
        <${Button} kind="primary" onClick=${onClose}>Close<//>`
    : html`<${Button} onClick=${onClose}>Cancel<//>
        <${Button} kind="primary" disabled=${!ready} onClick=${start}>${verb}<//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} footer=${footer}>
    ${!id && children(error)}
    ${!id && shown && !shown.field && html`<${ErrorBox} error=${shown} />`}
    <${CommandLine} command=${job?.command} action=${ready ? action : undefined} request=${request}
      onError=${setProblem} />
    ${job && html`<div class="stack tight"><div><${JobState} job=${job} /></div><${JobProgress} job=${job} /></div>`}
    ${job?.state === "done" && done?.(job)}
  <//>`;
}
