// The library: all adapters of the folders.
import { html, useEffect, useMemo, useState } from "../parts/html.js";
import { post } from "../api.js";
import { Button } from "../parts/button.js";
import { Disclosure } from "../parts/disclosure.js";
import { EmptyState } from "../parts/empty-state.js";
import { ErrorBox } from "../parts/error-box.js";
import { Loading } from "../parts/loading.js";
import { PageHead } from "../parts/page-head.js";
import { plural } from "../parts/words.js";
import { setQuery } from "../router.js";
import { blend, library, readLibrary, start } from "../state.js";
import { store, useStore } from "../store.js";
import { CardGrid } from "./library/card-grid.js";
import { DetailPlace } from "./library/detail-place.js";
import { FirstSteps } from "./library/first-steps.js";
import { Filters } from "./library/filters.js";
import { Groups } from "./library/groups.js";
import { PullDialog } from "./library/pull-dialog.js";
import { choose, everything, isFiltered } from "./library/query.js";

// outlives a visit to another page
const asked = store(everything);

export default function Library({ query: place }) {
  const { value, error } = useStore(library);
  const query = useStore(asked);
  const folder = useStore(start).value?.adapterFolders?.[0];
  const rows = useStore(blend).adapters;
  const [pulling, setPulling] = useState(false);
  const cards = value?.adapters ?? [];
  const groups = value?.groups ?? {};
  const found = useMemo(() => choose(cards, groups, query), [value, query]);
  const inBlend = useMemo(() => new Set(rows.map((row) => row.name)), [rows]);
  useEffect(() => {
    if (query.group && value && !(query.group in groups)) {
      change({ group: "" });
    }
  }, [value]);
  const change = (changes) => asked.update((old) => ({ ...old, ...changes }));
  const buttons = html`<${Button} icon="again"
    onClick=${() => post("studio/library/refresh").then(readLibrary)}>Look again<//>
    <${Button} kind="primary" icon="download" onClick=${() => setPulling(true)}>Pull<//>`;
  const isEmpty = value && cards.length === 0;
  return html`<${PageHead} title="Library" lead=${cards.length > 0 && leadOf(cards, found, query)}>${buttons}<//>
    ${error && html`<${ErrorBox} title="The library could not be read" error=${error} onRetry=${readLibrary} />`}
    ${!value && !error && html`<${Loading} text="the library" />`}
    ${value?.problems?.length > 0 && html`<${Problems} problems=${value.problems} />`}
    ${isEmpty && html`<${FirstSteps} folder=${folder} onPull=${() => setPulling(true)} />`}
    ${
      cards.length > 0 &&
      html`<div class="library">
      <div class="library-list">
        <${Filters} cards=${cards} query=${query} onQuery=${change} />
        <${Groups} groups=${groups} cards=${cards} current=${query.group} onSelect=${(group) => change({ group })} />
        ${
          found.length > 0
            ? html`<${CardGrid} query=${query} cards=${found} selected=${place.adapter} inBlend=${inBlend} />`
            : html`<${EmptyState} icon="search" title="Nothing is like that">
              <${Button} onClick=${() => asked.set({ ...everything, order: query.order })}>Show all<//>
            <//>`
        }
      </div>
      ${
        place.adapter &&
        html`<${DetailPlace} key=${place.adapter} name=${place.adapter} groups=${groups}
        stamp=${cards.find((card) => card.name === place.adapter)} onClose=${() => setQuery({ adapter: undefined })}
          />`
      }
    </div>`
    }
    ${pulling && html`<${PullDialog} onClose=${() => setPulling(false)} />`}`;
}

function leadOf(cards, found, query) {
  const all = plural(cards.length, "adapter");
  return html`<span role="status">${isFiltered(query) ? `${found.length} of ${all}` : all}</span>`;
}

const Problems = ({ problems }) => html`<div class="notice">
  <${Disclosure} title=${`${plural(problems.length, "file")} cannot be used`}>
    <ul class="stack tight">${problems.map((problem) => html`<li key=${problem}>${problem}</li>`)}</ul>
  <//>
</div>`;
