// Do the adapters get into each other's way, and where: ./lora4j mix, as words, a table and its chart.
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { runAction } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { Disclosure } from "../../parts/disclosure.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Picture } from "../../parts/picture.js";
import { InterferenceTable } from "./interference-table.js";
import { taking } from "./model.js";

export function Interference({ blend }) {
  const [result, setResult] = useState();
  const [error, setError] = useState();
  const running = useRef();
  useEffect(() => () => running.current?.abort(), []);
  const adapters = taking(blend);
  const request = { adapters, ...(blend.base && { base: blend.base }) };
  const isOld = result && JSON.stringify(result.request) !== JSON.stringify(request);
  const compare = async () => {
    running.current?.abort();
    running.current = new AbortController();
    setError(undefined);
    try {
      setResult({ request, ...(await runAction("mix", request, running.current)) });
    } catch (problem) {
      if (problem.name !== "AbortError") {
        setError(problem);
      }
    }
  };
  const chart = result?.job.files?.find((file) => file.name.endsWith(".png"));
  return html`<div class="panel"><${Disclosure} title="Do they get into each other's way?"
    hint=${result ? (isOld ? "of earlier weights" : "looked at") : ""}>
    <div class="stack">
    ${
      adapters.length < 2
        ? html`<p class="muted">Blend in two adapters or more; then this says where they change the same numbers in opposite
            directions.</p>`
        : html`<div class="row"><${Button} icon="compare" onClick=${compare}>${result ? "Look again" : "Look"}<//></div>
          <${CommandLine} action="mix" request=${request} />`
    }
    ${error && html`<${ErrorBox} title="The adapters could not be compared" error=${error} onRetry=${compare} />`}
    ${result && isOld && html`<p class="help">The blend has changed since. Look again for its numbers.</p>`}
    ${
      result &&
      (result.output?.pairs ?? []).map(
        (pair) => html`<${InterferenceTable} key=${`${pair.a} ${pair.b}`}
      pair=${pair} />`,
      )
    }
    ${result && !result.output?.pairs?.length && html`<p>No layer is changed by two of them.</p>`}
    ${chart && html`<${Picture} src=${chart.url} alt="Conflict and overlap, block by block" />`}
    </div>
  <//></div>`;
}
