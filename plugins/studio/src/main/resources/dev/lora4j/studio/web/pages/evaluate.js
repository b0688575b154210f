// The Evaluate page: scores of a style adapter on concepts that it has not seen.
import { html, useEffect, useState } from "../parts/html.js";
import { EmptyState } from "../parts/empty-state.js";
import { PageHead } from "../parts/page-head.js";
import { setQuery } from "../router.js";
import { storedStore, useStore } from "../store.js";
import { Comparison } from "./evaluate/comparison.js";
import { EvaluationForm } from "./evaluate/evaluation-form.js";
import { EvaluationResult } from "./evaluate/evaluation-result.js";
import { FIRST } from "./evaluate/settings.js";
import { useJobsOf } from "./results.js";
import { needsStart } from "./needs-start.js";

const kept = storedStore("lora4j.evaluate", FIRST);

function EvaluatePage({ query, start }) {
  const settings = { ...FIRST, ...useStore(kept) };
  const change = (changes) => kept.update((old) => ({ ...FIRST, ...old, ...changes }));
  const results = useJobsOf("evaluate");
  const [pair, setPair] = useState([]);
  useEffect(() => {
    if (query.adapter) {
      change({ adapter: query.adapter });
      setQuery({ adapter: undefined });
    }
  }, [query.adapter]);
  const toggle = (id) => setPair(pair.includes(id) ? pair.filter((one) => one !== id) : [...pair, id].slice(-2));
  const jobs = pair.map((id) => results?.find((job) => job.id === id)).filter(Boolean);
  return html`<${PageHead} title="Evaluate"
    lead="Is it the style, is it still the concept, how near is the true picture?" />
    <div class="form-and-results">
      <${EvaluationForm} settings=${settings} change=${change} start=${start} />
      <section class="stack" aria-label="Evaluations">
        <p class="hidden-text"
          role="status">${jobs.length === 1 ? "Choose another evaluation to compare with." : ""}</p>
        ${
          jobs.length === 2 &&
          html`<${Comparison} a=${jobs[0]} b=${jobs[1]} onSwap=${() => setPair([pair[1], pair[0]])}
          onClose=${() => setPair([])} />`
        }
        ${
          results?.length === 0 &&
          html`<${EmptyState} icon="evaluate"
            title="Nothing is scored yet"><p>Choose an adapter and its style. A hundred concepts take some minutes on the bundled base.</p><//>`
        }
        ${results?.map(
          (job) => html`<${EvaluationResult} key=${job.id} job=${job} onAgain=${change}
            letter=${["A", "B"][pair.indexOf(job.id)]}
            onCompare=${() => toggle(job.id)} />`,
        )}
      </section>
    </div>`;
}

export default needsStart(EvaluatePage);
