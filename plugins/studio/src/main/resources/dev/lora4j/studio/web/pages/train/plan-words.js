// A plan of ./lora4j plan in words.
import { duration, plural } from "../../parts/words.js";

/** Pictures of the plan. */
export function picturesOf(plan) {
  return (plan.pictures ?? []).map((picture) => picture.fields ?? picture);
}

/** Sentences about the whole run. */
export function summary(plan) {
  const pictures = picturesOf(plan);
  const held = pictures.filter((picture) => picture.validation).length;
  const trained = pictures.length - held;
  const sentences = [`${plural(trained, "picture")}${held ? ` and ${held} held out` : ""}, ${bucketsOf(pictures)}.`];
  const draws = pictures
    .filter((picture) => !picture.validation)
    .reduce((sum, picture) => sum + (picture.repeats ?? 1), 0);
  const epochs = draws ? Math.round((plan.steps * plan.batch) / draws) : 0;
  sentences.push(
    `${plural(plan.steps, "step")} of ${plural(plan.batch, "picture")}: each picture comes about ${plural(epochs, "time")}.`,
  );
  sentences.push(`${plural(plan.layers, "layer")} with ${plan.numbers.toLocaleString("en")} numbers are trained.`);
  return sentences;
}

/** The time of all steps in words; undefined if the plan does not know. */
export function timeOf(plan) {
  return plan.secondsPerStep === undefined ? undefined : duration(plan.secondsPerStep * plan.steps);
}

/** The time of one step in words. */
export function stepTimeOf(plan) {
  const seconds = plan.secondsPerStep;
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : duration(seconds);
}

/** Problems with names of files instead of whole paths. */
export function problemsOf(plan) {
  const first = picturesOf(plan)[0]?.file ?? "";
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  return (plan.problems ?? []).map((problem) => (folder ? problem.split(folder).join("") : problem));
}

export const nameOf = (path) => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

function bucketsOf(pictures) {
  const counts = new Map();
  for (const picture of pictures.filter((one) => !one.validation)) {
    const size = `${picture.bucketWidth} × ${picture.bucketHeight}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const words = [...counts].map(([size, count]) => (counts.size > 1 ? `${count} as ${size}` : `all as ${size}`));
  return words.length > 5 ? `in ${words.length} sizes` : words.join(", ") || "none to train on";
}
