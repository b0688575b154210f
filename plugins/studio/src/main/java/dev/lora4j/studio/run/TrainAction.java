package dev.lora4j.studio.run;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;

/** Training of an adapter on a set of pictures. */
final class TrainAction implements Action {
  private final Workspace workspace;
  private final TrainingWords options;

  TrainAction(Workspace workspace, TrainingWords options) {
    this.workspace = workspace;
    this.options = options;
  }

  @Override
  public String name() {
    return "train";
  }

  @Override
  public Lane lane() {
    return Lane.TRAINING;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    NewAdapter made = NewAdapter.of(workspace, request);
    CommandWords words = new CommandWords("train");
    options.add(words, request, PreviousOutput.FLAGS.keySet(), made.file());
    PreviousOutput.require(request, made, made.file());
    FieldTexts.flags(words, request, PreviousOutput.FLAGS);
    return new Task("Train " + made.name(), words.words(), made.name());
  }

  @Override
  public List<String> again(Task task, long started) {
    return GoingOn.words(
        task.arguments(),
        NewAdapter.of(workspace, task.adapter()).run().resolve(RunFiles.SETTINGS),
        started);
  }

  @Override
  public boolean goesOn() {
    return true;
  }
}
