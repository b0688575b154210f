// A grid that was made, or is being made: its sheets, and the single pictures.
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Picture } from "../../parts/picture.js";
import { plural } from "../../parts/words.js";
import { Result } from "../results.js";
import { settingsOf } from "./again.js";

export function GridResult({ job, onAgain }) {
  const files = job.files ?? [];
  const sheets = files.filter((file) => /^grid.*\.png$/.test(file.name));
  const singles = files.filter((file) => /^z\d+-y\d+-x\d+\.png$/.test(file.name));
  const title = job.request?.prompt ?? job.title;
  return html`<${Result} job=${job} title=${title} again=${job.request && ((request) => onAgain(settingsOf(request)))}>
    <div class="sheets">
      ${sheets.map(
        (file) => html`<${Picture} key=${file.name} src=${file.url}
        alt=${sheets.length > 1 ? `${title}, ${file.name}` : `Grid of ${title}`} />`,
      )}
    </div>
    ${
      singles.length > 0 &&
      html`<${Disclosure} title="Single pictures" hint=${plural(singles.length, "picture")}>
      <ul class="singles">${singles.map(
        (file) => html`<li key=${file.name}><${Picture} src=${file.url} alt=${file.name}
        caption=${file.name} /></li>`,
      )}</ul>
    <//>`
    }
  <//>`;
}
