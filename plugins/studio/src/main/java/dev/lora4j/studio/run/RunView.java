package dev.lora4j.studio.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.studio.job.Job;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A training as the page shows it, read from its files. */
final class RunView {
  private static final Pattern PREVIEW = Pattern.compile("step-(\\d{6,10})\\.png");
  private static final Pattern ADAPTER = Pattern.compile("(.+)-step(\\d{8})(\\.safetensors)?");

  private final Workspace workspace;
  private final RunFolder run;
  private final Optional<Long> process;
  private final Optional<Job> job;

  /**
   * A view of a training.
   *
   * @param process that works in its folder, if one does
   * @param job of the studio that made it last, if one did
   */
  RunView(Workspace workspace, RunFolder run, Optional<Long> process, Optional<Job> job) {
    this.workspace = workspace;
    this.run = run;
    this.process = process;
    this.job = job;
  }

  JsonObject json(LossSummary numbers) {
    NewestCheckpoint newest = NewestCheckpoint.in(run.checkpoints());
    JsonObject settings = RecordedRun.settings(run.settings());
    int told = steps(newest, settings);
    int steps = told > 0 ? told : job.map(Job::steps).orElse(0);
    JsonObject json = new JsonObject();
    json.addProperty("id", run.id());
    json.addProperty("folder", workspace.shown(run.path()));
    json.addProperty("state", RunState.of(run, process, newest).text());
    process.ifPresent(number -> json.addProperty("pid", number));
    json.addProperty("kind", run.pictures() ? "picture" : "text");
    numbers.addTo(json);
    if (steps > 0) {
      json.addProperty("steps", steps);
      if (process.isPresent() && Float.isFinite(numbers.secondsPerStep())) {
        double left = (double) numbers.secondsPerStep() * Math.max(0, steps - numbers.step());
        json.addProperty("left", left);
      }
    }
    add(json, "started", RunStamp.time(run.path().resolve(LockedFolder.FILE)));
    add(json, "updated", RunStamp.time(run.table()));
    json.add("settings", settings);
    json.add("previews", previews());
    json.add("adapters", adapters());
    if (newest.step() > 0) {
      json.addProperty("checkpoint", newest.step());
    }
    job.ifPresent(made -> json.addProperty("job", made.id()));
    command().ifPresent(text -> json.addProperty("command", text));
    return json;
  }

  private static void add(JsonObject json, String name, long time) {
    if (time > 0) {
      json.addProperty(name, time);
    }
  }

  /** Steps of a whole training, by its own files; 0 if they do not say. */
  static int steps(RunFolder run) {
    return steps(NewestCheckpoint.in(run.checkpoints()), RecordedRun.settings(run.settings()));
  }

  /** Where a training counts epochs, its checkpoints know the steps. */
  private static int steps(NewestCheckpoint newest, JsonObject settings) {
    int set = settings.has("steps") ? number(settings.get("steps").getAsString()) : 0;
    return set > 0 ? set : newest.steps();
  }

  private static int number(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  private JsonArray previews() {
    JsonArray all = new JsonArray();
    for (Path file : files(run.previews(), name -> PREVIEW.matcher(name).matches())) {
      Matcher name = PREVIEW.matcher(file.getFileName().toString());
      if (name.matches()) {
        JsonObject one = new JsonObject();
        int step = Integer.parseInt(name.group(1));
        one.addProperty("step", step);
        one.addProperty(
            "url",
            "/studio/runs/preview?run="
                + URLEncoder.encode(run.id(), StandardCharsets.UTF_8)
                + "&step="
                + step
                + "&v="
                + RunStamp.time(file));
        all.add(one);
      }
    }
    return all;
  }

  private JsonArray adapters() {
    JsonArray all = new JsonArray();
    for (Path file : files(run.adapters(), name -> ADAPTER.matcher(name).matches())) {
      Matcher name = ADAPTER.matcher(file.getFileName().toString());
      if (name.matches()) {
        JsonObject one = new JsonObject();
        one.addProperty("step", Integer.parseInt(name.group(2)));
        one.addProperty(
            "name",
            run.id()
                + RunFiles.ENDING
                + "/"
                + RunFiles.ADAPTERS
                + "/"
                + name.group(1)
                + "-step"
                + name.group(2));
        one.addProperty("file", workspace.shown(file));
        all.add(one);
      }
    }
    return all;
  }

  private static List<Path> files(Path folder, Predicate<String> wanted) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> wanted.test(file.getFileName().toString())).sorted().toList();
    } catch (IOException e) {
      return List.of(); // there is none yet
    }
  }

  /** The command that began it; of one that a terminal began, one that does the same. */
  private Optional<String> command() {
    if (job.isPresent()) {
      return job.map(made -> Invocation.of(made.arguments().toArray(String[]::new)));
    }
    return run.pictures()
        ? Optional.of(Invocation.of("train", workspace.shown(run.settings())))
        : Optional.empty();
  }
}
