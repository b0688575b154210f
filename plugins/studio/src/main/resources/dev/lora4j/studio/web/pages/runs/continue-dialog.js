// Goes on with a training that was stopped, or trains a finished adapter further under a new name.
//   run, onClose()
import { html, useEffect, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { Dialog } from "../../parts/dialog.js";
import { ErrorBox } from "../../parts/error-box.js";
import { NumberField } from "../../parts/number-field.js";
import { TextField } from "../../parts/text-field.js";
import { toast } from "../../parts/toast.js";
import { href } from "../../router.js";
import { jobs, put } from "../../state.js";
import { stepOf } from "./step-of.js";

export function ContinueDialog({ run, onClose }) {
  const isFinished = run.state === "finished";
  const [steps, setSteps] = useState(run.steps);
  const [output, setOutput] = useState(`${run.id}-2`);
  const [error, setError] = useState();
  const request = isFinished ? { run: run.id, steps, output: output.trim() } : { run: run.id };
  const { command, problem } = useContinueCommand(request);
  const shown = error ?? problem;
  const wrong = (field) => (shown?.field === field ? shown.message : undefined);
  const start = async () => {
    try {
      const { job } = await post("studio/runs/continue", request);
      put(jobs, job);
      toast(`Queued: ${job.title}`, { link: { href: href("runs", { tab: "queue" }), text: "See the queue" } });
      onClose();
    } catch (refused) {
      setError(refused);
    }
  };
  const footer = html`<${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" icon="play" disabled=${isFinished && !(steps >= 1)} onClick=${start}>
      ${isFinished ? "Train further" : "Continue"}<//>`;
  return html`<${Dialog} title=${isFinished ? `Train ${run.id} further` : `Continue ${run.id}`} onClose=${onClose}
    footer=${footer}>
    <p class="muted">${
      isFinished
        ? "A new training begins with the factors of this adapter. The finished one stays as it is."
        : `It stopped at ${stepOf(run)} and goes on from its checkpoint to its last step, as if it had never stopped.`
    }</p>
    ${
      isFinished &&
      html`<${TextField} label="Name of the new adapter" value=${output} onInput=${setOutput}
      error=${wrong("output")} spellcheck=${false} />`
    }
    ${
      isFinished &&
      html`<${NumberField} label="Steps" value=${steps} onInput=${setSteps} min="1" step="1" error=${wrong("steps")} />`
    }
    ${shown && !shown.field && html`<${ErrorBox} error=${shown} />`}
    <${CommandLine} command=${command ?? ""} />
  <//>`;
}

function useContinueCommand(request) {
  const [answer, setAnswer] = useState({});
  const text = JSON.stringify(request);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      post("studio/runs/continue/command", JSON.parse(text), abort).then(
        ({ command }) => setAnswer({ command }),
        (problem) => problem.name !== "AbortError" && setAnswer({ problem }),
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return answer;
}
