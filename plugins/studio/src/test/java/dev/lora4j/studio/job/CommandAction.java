package dev.lora4j.studio.job;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * An action whose request is a command line: {@code words}, and {@code adapter} if it makes one.
 *
 * @param goesOn true if it goes on by {@code --resume}
 */
record CommandAction(String name, Lane lane, boolean goesOn) implements Action {
  /** One for each lane; trainings go on. */
  static final List<Action> ALL =
      List.of(
          new CommandAction("train", Lane.TRAINING, true),
          new CommandAction("work", Lane.WORK, false),
          new CommandAction("quick", Lane.QUICK, false));

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    List<String> words = request.list("words", JsonFields::text).orElse(List.of());
    return new Task(String.join(" ", words), words, request.text("adapter").orElse(""));
  }

  @Override
  public List<String> again(Task task, long started) {
    List<String> words = new ArrayList<>(task.arguments());
    if (goesOn && !words.contains("--resume")) {
      words.add("--resume");
    }
    return words;
  }
}
