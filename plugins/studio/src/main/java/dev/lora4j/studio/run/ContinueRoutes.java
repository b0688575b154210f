package dev.lora4j.studio.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.job.Job;
import dev.lora4j.studio.job.JobQueue;
import dev.lora4j.studio.job.JobState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where pages have trainings gone on with: by the job that began them, if there is one. */
final class ContinueRoutes {
  private final Runs runs;
  private final JobQueue queue;
  private final Action further;
  private final Action texts;

  private ContinueRoutes(Runs runs, JobQueue queue, Action further, Action texts) {
    this.runs = runs;
    this.queue = queue;
    this.further = further;
    this.texts = texts;
  }

  /**
   * The routes.
   *
   * @param further goes on by the settings of a run
   * @param texts begins trainings on texts
   */
  static Routes of(Runs runs, JobQueue queue, Action further, Action texts) {
    ContinueRoutes routes = new ContinueRoutes(runs, queue, further, texts);
    return Routes.none()
        .post("/studio/runs/continue", routes::start)
        .post("/studio/runs/continue/command", routes::command);
  }

  /**
   * What is to be done.
   *
   * @param job that is queued once more, if there is one
   * @param action that begins a new job otherwise
   */
  private record Way(Optional<Job> job, Action action, JsonFields request) {}

  private Way way(HttpRequest asked) throws IOException {
    JsonFields request = JsonFields.parse(asked.text());
    KnownFields.require(request, ContinueAction.FIELDS);
    RunFolder run = runs.require(request.requiredText(ContinueAction.RUN));
    Optional<Job> made = runs.job(run);
    made.filter(job -> !job.state().ended())
        .ifPresent(
            job -> {
              throw new HttpProblem(
                  409,
                  run.id()
                      + (job.state() == JobState.QUEUED
                          ? " waits in the queue already."
                          : " is being trained right now."));
            });
    RunState state = RunState.of(run);
    if (state == RunState.UNFINISHED && made.filter(ContinueRoutes::broken).isPresent()) {
      ContinueAction.requireSame(request, run);
      return new Way(made, further, request);
    }
    if (state == RunState.FINISHED && !run.pictures() && made.isPresent()) {
      return new Way(Optional.empty(), texts, texts(request, run, made.get()));
    }
    return new Way(Optional.empty(), further, request);
  }

  private static boolean broken(Job job) {
    return job.state() != JobState.DONE;
  }

  /** The request that began a training on texts, for its adapter and another name. */
  private static JsonFields texts(JsonFields request, RunFolder run, Job made) {
    JsonObject body = made.body().deepCopy();
    // The adapter has layers, ranks and alphas of its own.
    List.of("resume", "overwrite", "rank", "alpha", "targets").forEach(body::remove);
    body.addProperty("from", run.id());
    body.addProperty(NewAdapter.FIELD, request.requiredText(NewAdapter.FIELD));
    if (request.has(ContinueAction.STEPS)) {
      body.remove("epochs");
      body.add(ContinueAction.STEPS, request.object().get(ContinueAction.STEPS));
    }
    return JsonFields.of(body);
  }

  private HttpAnswer start(HttpRequest asked) throws IOException {
    Way way = way(asked);
    Job job;
    if (way.job().isPresent()) {
      job = way.job().get();
      queue.again(job);
    } else {
      job = queue.submit(way.action(), way.request());
    }
    JsonObject json = new JsonObject();
    json.add("job", job.json());
    return HttpAnswer.json(json.toString()).status(202);
  }

  private HttpAnswer command(HttpRequest asked) throws IOException {
    Way way = way(asked);
    List<String> words =
        way.job().isPresent()
            ? queue.wordsAgain(way.job().get())
            : way.action().task(way.request(), Path::of).arguments();
    JsonObject json = new JsonObject();
    json.addProperty("command", Invocation.of(words.toArray(String[]::new)));
    JsonArray all = new JsonArray();
    words.forEach(all::add);
    json.add("arguments", all);
    return HttpAnswer.json(json.toString());
  }
}
