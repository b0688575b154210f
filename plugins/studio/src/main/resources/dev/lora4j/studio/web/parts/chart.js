// A chart of lines. Pointer and arrow keys read values; a table has the same for screen readers and for copying.
//   label      what it shows
//   series     [{name, points: [[x, y or null], …] sorted by x, tone: 1 to 6, faint, dashed}]
//   xLabel, yLabel
//   log        y in powers of ten; values of 0 and below are left out
//   format(y)  numbers in the readout
//   height     pixels, 260 if nothing is said
//   at, onAt(x)   the x that is read, if something else shows it too
import { html, useLayoutEffect, useMemo, useRef, useState } from "./html.js";
import { ChartTable } from "./chart-table.js";
import { extent, nearest, path, scale, ticks } from "./chart-scale.js";
import { short } from "./words.js";

const margin = { left: 52, right: 12, top: 10, bottom: 34 };

export function Chart({ label, series, xLabel, yLabel, log, format = short, height = 260, at, onAt }) {
  const frame = useRef();
  const width = useWidth(frame);
  const [own, setOwn] = useState();
  const read = at ?? own;
  const setRead = (value) => (setOwn(value), onAt?.(value));
  const xs = useMemo(
    () => [...new Set(series.flatMap((one) => one.points.map(([x]) => x)))].sort((a, b) => a - b),
    [series],
  );
  const shape = useMemo(() => lay(series, xs, width, height, log), [series, width, height, log]);
  const onMove = (event) => {
    const box = frame.current.getBoundingClientRect();
    setRead(closest(xs, shape.toX(event.clientX - box.left)));
  };
  const onKeyDown = (event) => {
    const here = read === undefined ? -1 : xs.indexOf(closest(xs, read));
    const leap = Math.max(1, Math.round(xs.length / 20));
    const to = {
      ArrowRight: here + 1,
      ArrowLeft: here - 1,
      PageDown: here + leap,
      PageUp: here - leap,
      Home: 0,
      End: xs.length - 1,
    }[event.key];
    if (to !== undefined && xs.length) {
      event.preventDefault();
      setRead(xs[Math.min(xs.length - 1, Math.max(0, to))]);
    }
  };
  const values =
    read === undefined ? [] : series.filter((one) => !one.faint).map((one) => [one, nearest(one.points, read)]);
  const spoken = values.map(([one, point]) => `${one.name} ${point ? format(point[1]) : "none"}`).join(", ");
  return html`<figure class="chart">
    <figcaption class="hidden-text">${label}</figcaption>
    <div class="chart-frame" ref=${frame} tabindex="0" role="slider" aria-label=${`${label}: read values`}
      aria-valuemin=${xs[0] ?? 0} aria-valuemax=${xs.at(-1) ?? 0} aria-valuenow=${read ?? xs[0] ?? 0}
      aria-valuetext=${read === undefined ? "Arrow keys read values" : `${xLabel} ${read}: ${spoken}`}
      onPointerMove=${onMove} onPointerDown=${onMove} onPointerLeave=${() => setRead(undefined)} onKeyDown=${onKeyDown}>
      <svg width=${width} height=${height} aria-hidden="true">
        ${shape.yTicks.map(
          (tick) => html`<g key=${tick}><line
            class="grid-line" x1=${margin.left} x2=${width - margin.right} y1=${shape.y(tick)} y2=${shape.y(tick)} />
            <text x=${margin.left - 8} y=${shape.y(tick) + 4} text-anchor="end">${short(tick)}</text></g>`,
        )}
        ${shape.xTicks.map(
          (tick) => html`<text key=${tick} x=${shape.x(tick)} y=${height - margin.bottom + 18}
          text-anchor="middle">${tick.toLocaleString("en")}</text>`,
        )}
        <text class="axis" x=${width - margin.right} y=${height - 3} text-anchor="end">${xLabel}</text>
        ${series.map((one, index) => html`<path key=${one.name} class=${classOf(one)} d=${shape.paths[index]} />`)}
        ${
          read !== undefined &&
          html`<line
          class="read-line" x1=${shape.x(read)} x2=${shape.x(read)} y1=${margin.top} y2=${height - margin.bottom} />`
        }
        ${values.map(
          ([one, point]) =>
            point &&
            shape.shows(point[1]) &&
            html`<circle key=${one.name}
          class=${classOf(one)} cx=${shape.x(point[0])} cy=${shape.y(point[1])} r="3.5" />`,
        )}
      </svg>
    </div>
    <div class="legend">
      <span class="muted">${read === undefined ? yLabel : `${xLabel} ${read.toLocaleString("en")}`}</span>
      ${series
        .filter((one) => !one.faint)
        .map((one) => {
          const point = read !== undefined && nearest(one.points, read);
          return html`<span key=${one.name}><svg viewBox="0 0 20 8" aria-hidden="true"><path class=${classOf(one)}
          d="M0 4H20" /></svg>
          ${one.name}${point ? html` <b>${format(point[1])}</b>` : ""}</span>`;
        })}
    </div>
    <${ChartTable} label=${label} series=${series} xs=${xs} xLabel=${xLabel} format=${format} />
  </figure>`;
}

function lay(series, xs, width, height, log) {
  const across = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const up = extent(
    series.flatMap((one) => one.points.map(([, y]) => y)),
    log,
  );
  const x = scale(across, [margin.left, width - margin.right]);
  const y = scale(up, [height - margin.bottom, margin.top], log);
  const share = (pixel) => (pixel - margin.left) / (width - margin.left - margin.right);
  return {
    x,
    y,
    toX: (pixel) => across[0] + share(pixel) * (across[1] - across[0]),
    shows: (value) => !log || value > 0,
    xTicks: ticks(across, Math.max(2, width / 110)),
    yTicks: ticks(up, Math.max(2, height / 50), log),
    paths: series.map((one) => path(one.points, x, y, log)),
  };
}

function useWidth(frame) {
  const [width, setWidth] = useState(200);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.max(200, Math.floor(frame.current.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

const classOf = (one) => `line tone-${one.tone ?? 1} ${one.faint ? "faint" : ""} ${one.dashed ? "dashed" : ""}`;

function closest(xs, at) {
  return xs.reduce((best, x) => (Math.abs(x - at) < Math.abs(best - at) ? x : best), xs[0]);
}
