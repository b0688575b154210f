// Jobs of one action with what they made, the newest first.
import { Button } from "../parts/button.js";
import { Disclosure } from "../parts/disclosure.js";
import { CommandLine } from "../parts/command-line.js";
import { Confirm } from "../parts/confirm.js";
import { html, useState } from "../parts/html.js";
import { JobProgress, JobState } from "../parts/job.js";
import { changeJob, isActive } from "../actions.js";
import { jobs } from "../state.js";
import { useStore } from "../store.js";
import { focusOn } from "./focus.js";
import { ago } from "../parts/words.js";

/** Jobs of an action, the newest first; undefined until they are read. */
export function useJobsOf(action) {
  return useStore(jobs)
    .value?.filter((job) => job.action === action)
    .reverse();
}

/**
 * One job of the list.
 *   job
 *   again(request)   shows a button that takes its settings; else none
 *   children         what it made
 */
export function Result({ job, title, again, children }) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await changeJob("remove", job.id);
    focusOn("main");
  };
  const active = isActive(job);
  return html`<article class="panel stack result" aria-label=${title ?? job.title}>
    <header class="row spread">
      <div>
        <h2>${title ?? job.title}</h2>
        <p class="row"><${JobState} job=${job} /> <small class="muted">${ago(job.created)}</small></p>
      </div>
      <div class="row">
        ${again && html`<${Button} icon="again" onClick=${() => again(job.request)}>Take its settings<//>`}
        ${
          active
            ? html`<${Button} icon="stop" onClick=${() => changeJob("stop", job.id)}>Stop<//>`
            : html`<${Button} kind="quiet" icon="trash" label=${`Remove ${title ?? job.title} from the list`}
              onClick=${() => setAsking(true)} />`
        }
      </div>
    </header>
    <${JobProgress} job=${job} />
    ${children}
    <${Disclosure} title="How it was made"><${CommandLine} command=${job.command} /><//>
    ${
      asking &&
      html`<${Confirm} title="Remove it from the list?" verb="Remove" danger onConfirm=${remove}
        onClose=${() => setAsking(false)}>
      <p>The list forgets it, and the files that it made are not shown here any more.</p><//>`
    }
  </article>`;
}
