// The values of a chart as a table, thinned to what can be read.
//   label, series, xs, xLabel, format   as the chart has them
import { html, useState } from "./html.js";
import { Disclosure } from "./disclosure.js";
import { Table } from "./table.js";

const most = 60;

export function ChartTable({ label, series, xs, xLabel, format }) {
  const [open, setOpen] = useState(false);
  return html`<${Disclosure} title="As a table" onToggle=${setOpen}>
    ${
      open &&
      html`<${Table} caption=${label} hideCaption keyOf=${(row) => row.x} rows=${rowsOf(series, xs)}
      columns=${[
        { key: "x", label: xLabel, numeric: true },
        ...series.map((one, index) => ({
          key: one.name,
          label: one.name,
          numeric: true,
          render: (row) => (Number.isFinite(row.values[index]) ? format(row.values[index]) : "–"),
        })),
      ]} />`
    }
  <//>`;
}

// Values that are rare, such as the validation, keep their rows; the others are thinned.
function rowsOf(series, xs) {
  const every = Math.ceil(xs.length / most);
  const maps = series.map((one) => new Map(one.points));
  const rare = series.filter((one) => one.points.length <= most).flatMap((one) => one.points.map(([x]) => x));
  const kept = new Set([...rare, ...xs.filter((_, at) => at % every === 0), xs.at(-1)]);
  return xs.filter((x) => kept.has(x)).map((x) => ({ x, values: maps.map((map) => map.get(x)) }));
}
