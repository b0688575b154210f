// What there is already of a training's output, and a name that is free.

/** {text, canResume, isRunning} of an earlier run or adapter of this name; undefined if there is none. */
export function earlierOf(output, runs, cards) {
  const run = runs.find((one) => one.id === output);
  if (run?.state === "running") {
    return { text: `${output} is being trained just now.`, canResume: false, isRunning: true };
  }
  if (run?.state === "unfinished") {
    const place = run.step !== undefined && run.steps ? ` at step ${run.step} of ${run.steps}` : "";
    return {
      text: `There is an unfinished run of ${output}${place}. Resume it with the settings that it had, or choose another name.`,
      canResume: true,
    };
  }
  if (run || cards.some((card) => card.name === output)) {
    return { text: `There is an adapter ${output} already. Choose another name, or overwrite it.`, canResume: false };
  }
  return undefined;
}

/** `output` with the first number behind it that no run and no adapter has. */
export function freeName(output, runs, cards) {
  const taken = new Set([...runs.map((run) => run.id), ...cards.map((card) => card.name)]);
  const plain = output.replace(/-\d+$/, "");
  let number = 2;
  while (taken.has(`${plain}-${number}`)) {
    number++;
  }
  return `${plain}-${number}`;
}
