// A prompt with its answers, side by side if there are two.
//   turn, chat (or a text that goes on)
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { copy } from "../../parts/copy.js";
import { ErrorBox } from "../../parts/error-box.js";
import { short } from "../../parts/words.js";

export function Turn({ turn, chat }) {
  const isCompared = turn.answers.length > 1;
  return html`<article class="turn">
    ${chat && html`<p class="prompt"><span class="hidden-text">You: </span>${turn.prompt}</p>`}
    <div class=${isCompared ? "answers pair" : "answers"}>
      ${turn.answers.map(
        (answer, side) => html`<${Answer} key=${side} answer=${answer} turn=${turn} chat=${chat}
        side=${isCompared ? "AB"[side] : ""} />`,
      )}
    </div>
  </article>`;
}

function Answer({ answer, turn, chat, side }) {
  const { text, state, error } = answer;
  const whole = chat ? text : turn.prompt + text;
  return html`<section class="panel answer" aria-label=${side ? `Mix ${side}` : "Answer"}>
    <header class="row spread">
      <h2>${side && html`<b class="side">${side}</b> `}<small class="muted">${answer.mix}</small></h2>
      <${Button} kind="quiet" icon="copy" label="Copy this text" disabled=${!text} onClick=${() => copy(whole, "Text")}
        />
    </header>
    <p class="answer-text">${
      !chat &&
      html`<span class="muted">
      ${turn.prompt}</span>`
    }${text}${state === "coming" && html`<span class="caret" aria-hidden="true" />`}</p>
    ${error && html`<${ErrorBox} error=${error} />`}
    <p class="muted small numeric">${noteOf(answer)} seed ${turn.seed}</p>
  </section>`;
}

function noteOf({ state, reason, seconds }) {
  if (state === "stopped") {
    return "stopped ·";
  }
  const took = seconds === undefined ? "" : `${short(seconds, 2)} s · `;
  return took + (reason === "length" ? "at the most tokens ·" : "");
}
