// The scores of finished jobs, each read once: {scores, error}.
import { useEffect, useState } from "../../parts/html.js";
import { getText } from "../../api.js";

const read = new Map();

export function useScores(job) {
  const [answer, setAnswer] = useState(() => read.get(job?.id) ?? {});
  const wanted = job?.state === "done" ? job.id : undefined;
  useEffect(() => {
    if (!wanted || read.has(wanted)) {
      setAnswer(read.get(wanted) ?? {});
      return undefined;
    }
    const abort = new AbortController();
    getText("studio/jobs/output", { id: wanted }, abort).then(
      (text) => {
        read.set(wanted, parsed(text));
        setAnswer(read.get(wanted));
      },
      (error) => error.name !== "AbortError" && setAnswer({ error }),
    );
    return () => abort.abort();
  }, [wanted]);
  return wanted ? answer : {};
}

function parsed(text) {
  try {
    return { scores: JSON.parse(text) };
  } catch {
    return { error: new Error("The scores of this evaluation cannot be read.") };
  }
}
