// The plan of the training, its command line, and the start.
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { runAction } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { ErrorBox } from "../../parts/error-box.js";
import { plural } from "../../parts/words.js";
import { missing, requestOf } from "./settings.js";
import { PlanView } from "./plan-view.js";
import { StartTraining } from "./start-training.js";

export function LookAndStart({ settings, change, pictures }) {
  const [plan, setPlan] = useState();
  const [looking, setLooking] = useState(false);
  const [error, setError] = useState();
  const running = useRef();
  useEffect(() => () => running.current?.abort(), []);
  const lacking = missing(settings);
  const { request, problem } = built(settings);
  const key = request && JSON.stringify([request, (pictures.items ?? []).map((item) => [item.file, item.caption])]);
  const look = async () => {
    running.current = new AbortController();
    setLooking(true);
    setError(undefined);
    try {
      const { job, output } = await runAction("plan", request, running.current);
      if (!output || typeof output !== "object") {
        throw new Error(job.message || "The plan could not be made.");
      }
      setPlan({ key, output, fails: job.exit > 0 || job.state === "failed" });
    } catch (failure) {
      if (failure.name !== "AbortError") {
        setError(failure);
      }
    }
    setLooking(false);
  };
  if (lacking.length > 0 || problem) {
    return html`<ul class="todo">${[...lacking, problem].filter(Boolean).map(
      (one) => html`<li
      key=${one}>${one}</li>`,
    )}</ul>`;
  }
  const warned = pictures.items?.filter((item) => item.problem).length ?? 0;
  return html`${
    warned > 0 &&
    html`<p
    class="help">${plural(warned, "picture has a problem", "pictures have problems")} that the captions above name.</p>`
  }
    <div class="row">
      <${Button} kind=${plan ? "plain" : "primary"} icon="search" busy=${looking} onClick=${look}>
        ${looking ? "Looking at pictures, settings and this machine…" : plan ? "Look again" : "Look"}<//>
      ${looking && html`<${Button} onClick=${() => running.current.abort()}>Stop<//>`}
    </div>
    ${error && html`<${ErrorBox} title="The plan could not be made" error=${error} onRetry=${look} />`}
    ${plan && html`<${PlanView} plan=${plan.output} fails=${plan.fails} isOld=${plan.key !== key} />`}
    <${CommandLine} action="train" request=${request} />
    <${StartTraining} settings=${settings} change=${change} request=${request} />`;
}

function built(settings) {
  try {
    return { request: requestOf(settings) };
  } catch (error) {
    return { problem: error.message };
  }
}
