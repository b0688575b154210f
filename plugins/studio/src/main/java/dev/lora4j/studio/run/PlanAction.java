package dev.lora4j.studio.run;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.Workspace;
import java.util.Set;

/** A look at what a training would do, in the fields that it would have. */
final class PlanAction implements Action {
  /** Where no name is chosen yet; nothing is written. */
  private static final String UNNAMED = "adapter";

  private final Workspace workspace;
  private final TrainingWords options;

  PlanAction(Workspace workspace, TrainingWords options) {
    this.workspace = workspace;
    this.options = options;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public Lane lane() {
    return Lane.QUICK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    String asked = request.text(NewAdapter.FIELD).filter(text -> !text.isBlank()).orElse(UNNAMED);
    String name = NewAdapter.checked(request.path(NewAdapter.FIELD), asked);
    CommandWords words = new CommandWords("plan");
    // What becomes of an earlier training is no matter of the plan.
    Set<String> more = PreviousOutput.FLAGS.keySet();
    options.add(words, request, more, NewAdapter.of(workspace, name).file());
    return new Task("Plan of " + name, words.flag("--json").words(), "");
  }
}
