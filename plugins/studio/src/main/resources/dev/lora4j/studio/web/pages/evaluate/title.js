// What an evaluation is called: adapter, weight, style.
export function titleOf(job) {
  const { adapter, weight, style, truths } = job.request ?? {};
  if (!style && !truths) {
    return job.title;
  }
  const subject = adapter ? `${adapter} at ${weight ?? 1}` : "the base alone";
  return `${subject}, as ${style ?? truths}`;
}
