// Fields that put a shape into a region: where it lies, and whether it is a box or an ellipse.
//   onDraw(box, {ellipse, erase})
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { boxOf, shapeNames } from "./region-shapes.js";

const sides = [
  ["x", "Left %"],
  ["y", "Top %"],
  ["width", "Width %"],
  ["height", "Height %"],
];

export function RegionShapeFields({ onDraw }) {
  const [box, setBox] = useState(boxOf(shapeNames[0]));
  const [form, setForm] = useState("box");
  const place = shapeNames.find((name) => sides.every(([side]) => boxOf(name)[side] === box[side])) ?? "";
  const draw = (erase) => onDraw(box, { ellipse: form === "ellipse", erase });
  return html`<fieldset class="shape-fields">
    <legend>Shape</legend>
    <div class="fields">
      <${Select} label="Place" options=${shapeNames} empty="by the numbers below" value=${place}
        onInput=${(name) => name && setBox(boxOf(name))} />
      <${Select} label="Form" options=${["box", "ellipse"]} value=${form} onInput=${setForm} />
    </div>
    <div class="fields narrow">
      ${sides.map(
        ([side, label]) => html`<${NumberField} key=${side} label=${label} min=${0} max=${100}
          value=${Math.round(box[side] * 1000) / 10}
          onInput=${(value) => value !== undefined && setBox({ ...box, [side]: value / 100 })} />`,
      )}
    </div>
    <div class="row">
      <${Button} icon="plus" onClick=${() => draw(false)}>Add the shape<//>
      <${Button} icon="minus" onClick=${() => draw(true)}>Take it away<//>
    </div>
  </fieldset>`;
}
