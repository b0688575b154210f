package dev.lora4j.studio.run;

import com.google.gson.JsonObject;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Going on with a training on pictures by the settings that it has recorded, whoever began it: an
 * unfinished one to its end, the adapter of a finished one under another name.
 */
final class ContinueAction implements Action {
  static final String RUN = "run";
  static final String STEPS = "steps";

  /** Fields of requests. */
  static final Set<String> FIELDS = Set.of(RUN, STEPS, NewAdapter.FIELD);

  private static final int MOST_STEPS = 100_000_000;

  private final Workspace workspace;

  ContinueAction(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public String name() {
    return "continue";
  }

  @Override
  public Lane lane() {
    return Lane.TRAINING;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    KnownFields.require(request, FIELDS);
    RunFolder run = run(request.requiredText(RUN));
    RunState state = RunState.of(run);
    if (state == RunState.RUNNING) {
      throw new FieldException(RUN, run.id() + " is being trained right now.");
    }
    if (!run.pictures()) {
      throw new FieldException(
          RUN,
          "The folder of "
              + run.id()
              + " does not say how it was trained, as a terminal began it and it is of texts."
              + " Repeat its command there with --resume.");
    }
    return state == RunState.FINISHED ? further(request, run) : on(request, run);
  }

  private RunFolder run(String id) {
    try {
      return Optional.ofNullable(RunFolders.of(workspace).get(id))
          .orElseThrow(() -> new HttpProblem(404, "There is no training '" + id + "'."));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Task on(JsonFields request, RunFolder run) {
    requireSame(request, run);
    CommandWords words = new CommandWords("train").value(workspace.shown(run.settings()));
    words.option("-o", workspace.shown(run.adapterFile())).flag("--resume");
    return new Task("Train " + run.id(), words.words(), run.id());
  }

  /**
   * Refuses what an unfinished training cannot have.
   *
   * @throws FieldException with the reason
   */
  static void requireSame(JsonFields request, RunFolder run) {
    OptionalInt asked = request.integer(STEPS, 1, MOST_STEPS);
    int steps = RunView.steps(run);
    if (asked.isPresent() && steps > 0 && asked.getAsInt() != steps) {
      throw new FieldException(
          STEPS,
          run.id()
              + " goes on to its "
              + steps
              + " steps, as its rate falls with them. Finish it, and train it further then.");
    }
    Optional<String> output =
        request.text(NewAdapter.FIELD).filter(name -> !name.isBlank() && !name.equals(run.id()));
    if (output.isPresent()) {
      throw new FieldException(
          NewAdapter.FIELD,
          run.id() + " is not finished, and goes on under its own name. Leave output out.");
    }
  }

  private Task further(JsonFields request, RunFolder run) {
    NewAdapter made = NewAdapter.of(workspace, request);
    PreviousOutput.require(JsonFields.of(new JsonObject()), made, made.file());
    CommandWords words = new CommandWords("train").value(workspace.shown(run.settings()));
    words.option("-o", workspace.shown(made.file()));
    words.option("--set", "adapter.warm_start=" + workspace.shown(run.adapter()));
    FieldTexts.add(words, request, Map.of(STEPS, "--steps"));
    return new Task("Train " + run.id() + " further", words.words(), made.name());
  }

  @Override
  public List<String> again(Task task, long started) {
    NewAdapter made = NewAdapter.of(workspace, task.adapter());
    return GoingOn.words(task.arguments(), made.run().resolve(RunFiles.SETTINGS), started);
  }

  @Override
  public boolean goesOn() {
    return true;
  }
}
