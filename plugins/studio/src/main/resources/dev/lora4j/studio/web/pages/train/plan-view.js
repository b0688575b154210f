// A plan as words and as a table.
//   plan    the JSON of ./lora4j plan
//   fails   whether training would not start
//   isOld   whether settings or captions have changed since
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Table } from "../../parts/table.js";
import { bytes, plural } from "../../parts/words.js";
import { nameOf, picturesOf, problemsOf, stepTimeOf, summary, timeOf } from "./plan-words.js";

export function PlanView({ plan, fails, isOld }) {
  const pictures = picturesOf(plan);
  const problems = problemsOf(plan);
  const time = timeOf(plan);
  const cut = pictures.filter((picture) => picture.tokensCut > 0).length;
  const cropped = pictures.filter((picture) => picture.kept < 0.995).length;
  return html`<div class="plan stack" aria-live="polite">
    ${isOld && html`<p class="help">Something has changed since. Look again for its numbers.</p>`}
    ${
      fails &&
      html`<${ErrorBox}
      title="Training would not start">${plural(problems.length, "problem")} below must be solved first.<//>`
    }
    <dl class="plan-facts">
      ${
        time &&
        html`<div><dt>Time</dt><dd>about ${time}</dd><dd
        class="small">${stepTimeOf(plan)} a step on this machine, when it is idle</dd></div>`
      }
      ${
        plan.memoryBytes !== undefined &&
        html`<div><dt>Memory</dt><dd>about ${bytes(plan.memoryBytes)}</dd><dd
        class="small">and some 300 MB for Java and libtorch</dd></div>`
      }
      <div><dt>Captions cut off</dt><dd>${cut === 0 ? "none" : plural(cut, "caption")}</dd></div>
      <div><dt>Pictures cropped</dt><dd>${cropped === 0 ? "none" : plural(cropped, "picture")}</dd></div>
    </dl>
    <ul class="sentences">${summary(plan).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>
    <${List} title="Problems" lines=${problems} />
    <${List} title="Settings that you may not mean" lines=${plan.doubts ?? []} />
    ${
      pictures.length > 0 &&
      html`<${Disclosure} title="Picture by picture" hint=${plural(pictures.length, "picture")}>
      <${Table} caption="Pictures of the plan" hideCaption columns=${columns} rows=${pictures}
        keyOf=${(picture) => picture.file} />
    <//>`
    }
  </div>`;
}

const columns = [
  { key: "file", label: "Picture", render: (picture) => nameOf(picture.file), sort: (picture) => picture.file },
  {
    key: "size",
    label: "Size",
    numeric: true,
    render: (p) => `${p.width} × ${p.height}`,
    sort: (p) => p.width * p.height,
  },
  {
    key: "bucket",
    label: "Trained as",
    numeric: true,
    render: (p) => `${p.bucketWidth} × ${p.bucketHeight}`,
    sort: (p) => p.bucketWidth * p.bucketHeight,
  },
  { key: "kept", label: "Kept", numeric: true, render: (p) => `${Math.round(p.kept * 100)} %`, sort: (p) => p.kept },
  { key: "repeats", label: "Repeats", numeric: true, sort: (p) => p.repeats },
  { key: "tokensCut", label: "Tokens cut", numeric: true, render: (p) => p.tokensCut || "–", sort: (p) => p.tokensCut },
  {
    key: "caption",
    label: "Caption",
    render: (p) => html`<span class="clipped">${p.caption}</span>`,
    sort: (p) => p.caption,
  },
  { key: "part", label: "Part", render: partOf, sort: partOf },
];

function partOf(picture) {
  return picture.validation ? "held out" : picture.regularisation ? "class" : "trained";
}

function List({ title, lines }) {
  return lines.length > 0
    ? html`<div><h3>${title}</h3><ul class="doubts">${lines.map(
        (line, i) => html`<li
      key=${i}>${line}</li>`,
      )}</ul></div>`
    : null;
}
