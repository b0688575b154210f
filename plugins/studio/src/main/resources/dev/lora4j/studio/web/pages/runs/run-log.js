// The rows of trainings' logs: [step, loss, gradientNorm, rate, validation or null, seconds].
// What comes later is read on its own; a log that grew far is read again, thinned by the server.
import { useEffect, useState } from "../../parts/html.js";
import { get } from "../../api.js";

const most = 4000;

/** {rows, error} of each run, kept up with its step. */
export function useRunLogs(runs) {
  const [logs, setLogs] = useState({});
  const stamp = runs.map((run) => `${run.id}@${run.step}`).join(" ");
  useEffect(() => {
    const abort = new AbortController();
    runs.forEach(async (run) => {
      const known = logs[run.id]?.rows ?? [];
      const last = known.at(-1)?.[0] ?? 0;
      // a run that was begun anew has fewer steps than what is known of it
      const isAnew = known.length > most || last > run.step;
      if (!isAnew && last === run.step && known.length) {
        return;
      }
      try {
        const { rows } = await get("studio/runs/log", { run: run.id, after: isAnew ? 0 : last }, abort);
        setLogs((old) => ({ ...old, [run.id]: { rows: isAnew ? rows : [...known, ...rows] } }));
      } catch (error) {
        if (error.name !== "AbortError") {
          setLogs((old) => ({ ...old, [run.id]: { rows: known, error } }));
        }
      }
    });
    return () => abort.abort();
  }, [stamp]);
  return logs;
}

/** A moving average of points, without the pull to 0 at its beginning. */
export function smooth(points, share) {
  let sum = 0;
  let norm = 0;
  return points.map(([x, y]) => {
    if (Number.isFinite(y)) {
      sum = sum * share + y * (1 - share);
      norm = norm * share + (1 - share);
    }
    return [x, norm ? sum / norm : null];
  });
}
