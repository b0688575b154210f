// Actions: things that are a command line of lora4j.
//   commandOf("train", request)          -> {command, ...}, nothing is done
//   startAction("train", request)        -> the queued job; says so in a toast
//   runAction("plan", request, {signal}) -> {job, output} when it has ended; aborting cancels it
//   changeJob("stop", id)                stop, kill, again, remove;  moveJob(id, before)
import { post } from "./api.js";
import { href } from "./router.js";
import { drop, jobs, put } from "./state.js";
import { toast, toastError } from "./parts/toast.js";

export function commandOf(name, request, { signal } = {}) {
  return post(`studio/actions/${name}/command`, request, { signal });
}

export async function startAction(name, request) {
  const { job } = await post(`studio/actions/${name}`, request);
  put(jobs, job);
  toast(`Queued: ${job.title}`, { link: { href: href("runs", { tab: "queue" }), text: "See the queue" } });
  return job;
}

export function runAction(name, request, { signal } = {}) {
  return post(`studio/actions/${name}`, request, { signal, query: { wait: 1 } });
}

export async function changeJob(change, id) {
  const answer = await post(`studio/jobs/${change}`, { id });
  if (change === "remove") {
    drop(jobs, id);
  } else if (answer.job) {
    put(jobs, answer.job);
  }
}

export function moveJob(id, before) {
  return post("studio/jobs/move", { id, before });
}

/** Says in a toast how a job has ended. */
export function tellEnd(job) {
  const link = { href: href("runs", { tab: "queue" }), text: "See the queue" };
  if (job.state === "failed") {
    toastError(new Error(`${job.title} failed. ${job.message ?? ""}`));
  } else {
    toast(`${job.title}: ${job.state}`, { link });
  }
}

export const isActive = (job) => ["queued", "running", "stopping"].includes(job.state);
