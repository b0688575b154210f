package dev.lora4j.studio.job;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.BareStudio;
import dev.lora4j.studio.StudioClient;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.ActionTable;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A queue in this process, whose jobs are processes of their own. */
final class OpenQueue implements AutoCloseable {
  private final Workspace workspace;
  private final ActionTable actions = new ActionTable(CommandAction.ALL);
  private final EventHub events = new EventHub();
  private final JobQueue queue;
  private boolean left;

  OpenQueue(Path start) throws IOException {
    workspace = BareStudio.workspace(start);
    queue = JobQueue.open(workspace, actions, events);
  }

  Workspace workspace() {
    return workspace;
  }

  ActionTable actions() {
    return actions;
  }

  EventHub events() {
    return events;
  }

  JobQueue queue() {
    return queue;
  }

  /** Queues a command line. */
  Job submit(String action, String... words) throws IOException {
    return submit(action, "", List.of(words));
  }

  private Job submit(String action, String adapter, List<String> words) throws IOException {
    Action kind = actions.require(action);
    JsonObject request = new JsonObject();
    JsonArray all = new JsonArray();
    words.forEach(all::add);
    request.add("words", all);
    request.addProperty("adapter", adapter);
    return queue.submit(kind, JsonFields.of(request));
  }

  /** Queues a command that is over in a moment. */
  Job version(String action) throws IOException {
    return submit(action, "--version");
  }

  /** Queues a training of the bundled base on six pictures, with a checkpoint now and then. */
  Job training(String adapter, int steps) throws IOException {
    Path pictures = workspace.start().resolve("six");
    if (Files.notExists(pictures)) {
      Files.createDirectory(pictures);
      try (Stream<Path> all = Files.list(BundledModel.styleSet())) {
        for (Path file : all.sorted().limit(12).toList()) {
          Files.copy(file, pictures.resolve(file.getFileName().toString()));
        }
      }
    }
    List<String> words =
        new ArrayList<>(
            List.of("train", "--images", "six", "-o", "adapters/" + adapter + ".safetensors"));
    words.addAll(List.of("--steps", Integer.toString(steps), "--rank", "4", "--batch", "1"));
    words.addAll(List.of("--compute", "f32", "--set", "save.every=50"));
    words.addAll(List.of("--set", "previews.prompts=[]"));
    return submit("train", adapter, words);
  }

  /** Waits until a training has taken some steps. */
  static void awaitSteps(Job job, int steps) throws InterruptedException {
    StudioClient.await(
        "it takes " + steps + " steps",
        () -> {
          JsonObject json = job.json();
          requireAlive(json);
          return json.has("progress")
              && json.getAsJsonObject("progress").get("task").getAsString().equals("training")
              && json.getAsJsonObject("progress").get("done").getAsInt() >= steps;
        });
  }

  private static void requireAlive(JsonObject json) {
    String state = json.get("state").getAsString();
    if (state.equals("failed") || state.equals("interrupted")) {
      throw new AssertionError(json.toString());
    }
  }

  /** Waits until a job has ended. */
  static Job ended(Job job) throws InterruptedException {
    StudioClient.await("it ends", () -> job.state().ended());
    return job;
  }

  String log(Job job) throws IOException {
    return Files.readString(job.folder().err());
  }

  /** Closes the studio, and leaves its jobs alone. */
  void leave() {
    left = true;
    queue.close();
  }

  @Override
  public void close() {
    if (left) {
      return;
    }
    for (Job job : queue.list()) {
      if (!job.state().ended()) {
        queue.kill(job);
        queue.ended(job).join();
      }
    }
    queue.close();
  }
}
