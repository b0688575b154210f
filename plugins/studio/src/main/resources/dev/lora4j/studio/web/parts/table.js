// A table; wide ones scroll by themselves.
//   caption   what it shows; hideCaption keeps it for screen readers alone
//   columns   [{key, label, numeric, render(row), sort(row)}]; sort gives what to sort by and makes the header a button
//   rows, keyOf(row)
import { html, useMemo, useState } from "./html.js";

export function Table({ caption, hideCaption, columns, rows, keyOf = (row) => row.key }) {
  const [order, setOrder] = useState();
  const sorted = useMemo(() => sort(rows, columns, order), [rows, order]);
  const press = (key) => setOrder(order?.key === key ? { key, down: !order.down } : { key, down: false });
  const head = (column) => {
    const direction = order?.key === column.key ? (order.down ? "descending" : "ascending") : undefined;
    return html`<th key=${column.key} scope="col" class=${column.numeric ? "numeric" : ""} aria-sort=${direction}>
      ${
        column.sort
          ? html`<button type="button" onClick=${() => press(column.key)}>${column.label}<span aria-hidden="true">${
              direction ? (order.down ? " ↓" : " ↑") : ""
            }</span></button>`
          : column.label
      }
    </th>`;
  };
  const cell = (column, row) =>
    html`<td key=${column.key} class=${column.numeric ? "numeric" : ""}>
      ${column.render ? column.render(row) : row[column.key]}
    </td>`;
  return html`<div class="table" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class=${hideCaption ? "hidden-text" : ""}>${caption}</caption>
      <thead><tr>${columns.map(head)}</tr></thead>
      <tbody>${sorted.map(
        (row) => html`<tr key=${keyOf(row)}>
        ${columns.map((column) => cell(column, row))}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}

function sort(rows, columns, order) {
  const by = order && columns.find((column) => column.key === order.key).sort;
  if (!by) {
    return rows;
  }
  const sign = order.down ? -1 : 1;
  return [...rows].sort((one, other) => sign * compare(by(one), by(other)));
}

function compare(one, other) {
  return typeof one === "string" ? one.localeCompare(other, "en", { numeric: true }) : (one ?? 0) - (other ?? 0);
}
