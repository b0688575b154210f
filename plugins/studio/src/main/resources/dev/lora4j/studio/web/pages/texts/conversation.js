// The turns so far, and the box for the next one.
//   model
import { html, useEffect, useRef } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { EmptyState } from "../../parts/empty-state.js";
import { useStore } from "../../store.js";
import { Composer } from "./composer.js";
import { commandRequest, isChat, texts } from "./texts.js";
import { Turn } from "./turn.js";
import { useConversation } from "./use-conversation.js";

export function Conversation({ model }) {
  const settings = useStore(texts);
  const { turns, isBusy, send, again, stop, clear } = useConversation(settings, model);
  const end = useRef();
  const chat = isChat(settings, model);
  const last = turns.at(-1);
  const onlyLast = chat && turns.length > 1 ? ", for the last message alone" : "";
  useEffect(() => last && end.current.scrollIntoView({ block: "nearest" }), [turns.length]);
  const sides = settings.sides.map((_, side) => side);
  return html`<section class="conversation" aria-label=${chat ? "Chat" : "Texts"}>
    ${
      turns.length === 0 &&
      html`<${EmptyState} icon="texts"
      title=${chat ? `Say something to ${model.name}` : `Begin a text for ${model.name}`}>
      <p>${chat ? "Each mix of adapters answers in its own way." : "It goes on from what you write."}</p>
    <//>`
    }
    <div class="turns" role="log" aria-label="Answers" aria-busy=${isBusy}>
      ${turns.map((turn) => html`<${Turn} key=${turn.id} turn=${turn} chat=${chat} />`)}
      <div ref=${end} />
    </div>
    <${Composer} chat=${chat} isBusy=${isBusy} onSend=${send} onStop=${stop}>
      ${last && !isBusy && html`<${Button} icon="again" onClick=${again}>Again, next seed<//>`}
      ${last && html`<${Button} kind="quiet" icon="trash" onClick=${clear}>Clear<//>`}
    <//>
    ${
      last &&
      sides.map(
        (side) => html`<${CommandLine} key=${side} action="text-generate"
      request=${commandRequest(settings, model, side, last.prompt, last.seed)}
      label=${`Command line${sides.length > 1 ? ` of mix ${"AB"[side]}` : ""}${onlyLast}`} />`,
      )
    }
  </section>`;
}
