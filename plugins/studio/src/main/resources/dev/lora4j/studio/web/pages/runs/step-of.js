// How far a training is in words. A training by epochs knows its steps once it has a checkpoint.
export function stepOf({ step, steps }) {
  const done = step.toLocaleString("en");
  return steps ? `step ${done} of ${steps.toLocaleString("en")}` : `step ${done}`;
}
