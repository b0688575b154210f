// A curve of a weight over the steps. Points are dragged, or moved by arrow keys (left and right along the steps, up and
// down the weight; with Shift in larger steps), added by a double press, removed by Delete.
//   name              of the adapter
//   curve             {kind: "curve", points, cosine}
//   onChange(curve)
import { html, useRef, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { NumberField } from "../../parts/number-field.js";
import { Toggle } from "../../parts/toggle.js";
import { addInGap, addPoint, movePoint, removePoint } from "./curve-points.js";
import { placing } from "./curve-places.js";
import { weightAt } from "./weight.js";

const KEYS = { ArrowLeft: [-0.01, 0], ArrowRight: [0.01, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
const FAST = 5;

export function CurveEditor({ name, curve, onChange }) {
  const [chosen, setChosen] = useState(0);
  const drawing = useRef();
  const dragged = useRef();
  const { points } = curve;
  const place = placing(points, dragged.current?.range);
  const index = Math.min(chosen, points.length - 1);
  const change = (next) => onChange({ ...curve, points: next });
  const move = (i, to) => change(movePoint(points, i, { ...points[i], ...to }));
  const add = ({ points: next, index: at }) => {
    change(next);
    setChosen(at);
  };
  const under = (event) => {
    const box = drawing.current.getBoundingClientRect();
    return place.value((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const onKeyDown = (event, i) => {
    const by = KEYS[event.key];
    if (by) {
      event.preventDefault();
      const times = event.shiftKey ? FAST : 1;
      move(i, { at: points[i].at + by[0] * times, value: points[i].value + by[1] * times });
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      change(removePoint(points, i));
    }
  };
  const onPointerDown = (event, i) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    // The scale stays while a point is dragged, or it would run away from the pointer.
    dragged.current = { i, range: place.range };
    setChosen(i);
  };
  const onPointerMove = (event) => dragged.current && move(dragged.current.i, under(event));
  const onPointerUp = () => {
    dragged.current = undefined;
  };
  const line = Array.from({ length: 101 }, (_, i) => i / 100).map(
    (at) => `${place.x(at)},${place.y(weightAt(curve, at))}`,
  );
  return html`<div class="curve-editor">
    <svg ref=${drawing} viewBox=${`0 0 ${place.width} ${place.height}`} role="group"
      aria-label=${`Curve of the weight of ${name}`}
      onDblClick=${(event) => event.target.closest(".curve-point") === null && add(addPoint(points, under(event)))}>
      ${place.levels.map(
        (level) => html`<g key=${level} class=${level === 0 ? "level zero" : "level"}>
          <line x1=${place.x(0)} x2=${place.x(1)} y1=${place.y(level)} y2=${place.y(level)} />
          <text x=${place.x(0) - 6} y=${place.y(level) + 4} text-anchor="end" aria-hidden="true">${level}</text>
        </g>`,
      )}
      <text x=${place.x(0)} y=${place.height - 4} aria-hidden="true">first step</text>
      <text x=${place.x(1)} y=${place.height - 4} text-anchor="end" aria-hidden="true">last step</text>
      <polyline class="curve" points=${line.join(" ")} />
      ${points.map(
        (point, i) => html`<g key=${i} class=${`curve-point ${i === index ? "chosen" : ""}`} role="slider" tabindex="0"
          aria-label=${`Point ${i + 1} of ${points.length}`} aria-valuenow=${point.value}
            aria-valuemin=${place.range[0]}
          aria-valuemax=${place.range[1]}
            aria-valuetext=${`weight ${point.value} at ${percent(point.at)} % of the steps`}
          onKeyDown=${(event) => onKeyDown(event, i)} onFocus=${() => setChosen(i)}
            onPointerDown=${(event) => onPointerDown(event, i)}
          onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${onPointerUp}>
          <circle class="reach" cx=${place.x(point.at)} cy=${place.y(point.value)} r="16" />
          <circle class="dot" cx=${place.x(point.at)} cy=${place.y(point.value)} r="6" />
        </g>`,
      )}
    </svg>
    <div class="fields">
      <${NumberField} label=${`Point ${index + 1}: % of the steps`} min=${0} max=${100}
        value=${percent(points[index].at)}
        onInput=${(value) => value !== undefined && move(index, { at: value / 100 })} />
      <${NumberField} label="Its weight" value=${points[index].value}
        onInput=${(value) => value !== undefined && move(index, { value })} />
    </div>
    <div class="row">
      <${Button} icon="plus" onClick=${() => add(addInGap(points, (at) => weightAt(curve, at)))}>Add a point<//>
      <${Button} icon="minus" disabled=${points.length < 2}
        onClick=${() => change(removePoint(points, index))}>Remove point ${index + 1}<//>
      <${Toggle} label="Rounded" value=${curve.cosine} onInput=${(cosine) => onChange({ ...curve, cosine })} />
    </div>
  </div>`;
}

const percent = (share) => Math.round(share * 1e4) / 100;
