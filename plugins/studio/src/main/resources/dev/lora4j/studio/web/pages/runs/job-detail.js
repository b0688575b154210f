// Command line, files and log of a job. While it runs, the log is read again every few seconds.
//   job
import { html, useEffect, useState } from "../../parts/html.js";
import { isActive } from "../../actions.js";
import { getText } from "../../api.js";
import { CommandLine } from "../../parts/command-line.js";
import { Picture } from "../../parts/picture.js";
import { bytes } from "../../parts/words.js";

const pause = 2000;
const most = 20000;

export function JobDetail({ job }) {
  const log = useLog(job);
  const pictures = (job.files ?? []).filter((file) => /\.(png|jpe?g|webp)$/i.test(file.name));
  const others = (job.files ?? []).filter((file) => !pictures.includes(file));
  return html`<div class="stack tight">
    <${CommandLine} command=${job.command} />
    ${
      pictures.length > 0 &&
      html`<ul class="job-pictures">${pictures.map(
        (file) => html`<li key=${file.name}>
      <${Picture} src=${file.url} alt=${file.name} caption=${file.name} /></li>`,
      )}</ul>`
    }
    ${
      others.length > 0 &&
      html`<ul>${others.map(
        (file) => html`<li key=${file.name}><a href=${file.url} download=${file.name}>${file.name}</a>
      <span class="muted small"> ${bytes(file.bytes)}</span></li>`,
      )}</ul>`
    }
    ${log.error && html`<p class="error-text">${log.error}</p>`}
    ${
      log.text !== undefined &&
      html`<pre class="log" tabindex="0" aria-label="Log">
      ${log.text || "It has said nothing yet."}</pre>`
    }
  </div>`;
}

function useLog(job) {
  const [log, setLog] = useState({});
  const again = isActive(job);
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      try {
        const text = await getText("studio/jobs/log", { id: job.id }, abort);
        setLog({ text: text.length > most ? `…${text.slice(-most)}` : text });
      } catch (error) {
        if (error.name !== "AbortError") {
          setLog((old) => ({ ...old, error: error.message }));
        }
      }
    };
    read();
    const timer = again && setInterval(read, pause);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [job.id, job.state]);
  return log;
}
