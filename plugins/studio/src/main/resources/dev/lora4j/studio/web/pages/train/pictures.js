// The pictures of a data set, kept true while it changes: {items, problems, error, read(), put()}; items is undefined until they are read.
import { useEffect, useState } from "../../parts/html.js";
import { get } from "../../api.js";
import { onPictures } from "../../state.js";

/** Many changes in a row, as those of an upload, are read once. */
const PAUSE = 300;

export function usePictures(set) {
  const [list, setList] = useState({});
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let timer;
    const stop = onPictures((changed) => {
      if (changed === set) {
        clearTimeout(timer);
        timer = setTimeout(() => setAsked((count) => count + 1), PAUSE);
      }
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [set]);
  useEffect(() => {
    if (!set) {
      return undefined;
    }
    const abort = new AbortController();
    get("studio/pictures/list", { set }, abort).then(
      ({ items, problems = [] }) => setList({ set, items, problems }),
      (error) => error.name !== "AbortError" && setList({ set, error }),
    );
    return () => abort.abort();
  }, [set, asked]);
  const isCurrent = list.set === set;
  return {
    items: isCurrent ? list.items : undefined,
    problems: (isCurrent && list.problems) || [],
    error: isCurrent ? list.error : undefined,
    read: () => setAsked((count) => count + 1),
    /** Shows a change at once that the server has already. */
    put: (file, changes) =>
      setList((old) => ({
        ...old,
        items: old.items?.map((item) => (item.file === file ? { ...item, ...changes } : item)),
      })),
  };
}
