// Texts: a language model with adapters, alone or two mixes side by side.
import { html, useEffect } from "../parts/html.js";
import { Disclosure } from "../parts/disclosure.js";
import { EmptyState } from "../parts/empty-state.js";
import { ErrorBox } from "../parts/error-box.js";
import { Loading } from "../parts/loading.js";
import { PageHead } from "../parts/page-head.js";
import { useMedia } from "../parts/use-media.js";
import { setQuery } from "../router.js";
import { library, readStart, start } from "../state.js";
import { useStore } from "../store.js";
import { Conversation } from "./texts/conversation.js";
import { Settings } from "./texts/settings.js";
import { takeAdapter, texts } from "./texts/texts.js";

export default function Texts({ query }) {
  const { value, error } = useStore(start);
  const cards = useStore(library).value?.adapters;
  const settings = useStore(texts);
  const wide = useMedia("(min-width: 64rem)");
  const models = value?.texts ?? [];
  useEffect(() => {
    if (query.adapter && cards && models.length) {
      takeAdapter(query.adapter, cards, models);
      setQuery({ adapter: undefined });
    }
  }, [query.adapter, cards, value]);
  if (!value) {
    return html`<${PageHead} title="Texts" />
      ${
        error
          ? html`<${ErrorBox} title="The models could not be read" error=${error} onRetry=${readStart}
        />`
          : html`<${Loading} text="the models" />`
      }`;
  }
  const model = models.find((one) => one.name === settings.model) ?? models[0];
  if (!model) {
    return html`<${PageHead} title="Texts" /><${EmptyState} icon="texts" title="No language model is served">
      <p>Start the studio with one: <code>${value.command ?? "./lora4j"} studio --text chat=models/qwen</code></p>
    <//>`;
  }
  const panel = html`<${Settings} models=${models} model=${model} cards=${cards ?? []} />`;
  return html`<${PageHead} title="Texts" />
    <div class="texts">
      ${
        wide
          ? html`<aside class="stack" aria-label="Settings">${panel}</aside>`
          : html`<${Disclosure}
        title="Model and settings" hint=${model.name}><div class="stack">${panel}</div><//>`
      }
      <${Conversation} key=${model.name} model=${model} />
    </div>`;
}
