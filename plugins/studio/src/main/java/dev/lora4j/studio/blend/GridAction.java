package dev.lora4j.studio.blend;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;
import java.util.Set;

/** Pictures of a blend that differ in one thing per direction, and one sheet of them. */
record GridAction(Workspace workspace, BlendResolver resolver, BlendWords words) implements Action {
  private static final String AXES = "axes";
  private static final List<String> DIRECTIONS = List.of("x", "y", "z");

  @Override
  public String name() {
    return "grid";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    ResolvedBlend resolved = resolver.resolve(Blend.of(request, Set.of(AXES)));
    JsonFields axes =
        request.fields(AXES).orElseThrow(() -> request.missing(AXES, "an object with x"));
    KnownFields.require(axes, Set.copyOf(DIRECTIONS));
    CommandWords more = new CommandWords();
    if (axes.text("x").filter(text -> !text.isBlank()).isEmpty()) {
      throw new FieldException(
          axes.path("x"), "axes.x must say what changes from left to right, such as seed=1-4.");
    }
    for (String direction : DIRECTIONS) {
      axes.text(direction)
          .filter(text -> !text.isBlank())
          .ifPresent(text -> more.option("--" + direction, axis(axes.path(direction), text)));
    }
    more.flag("--json").option("-o", workspace.shown(outputs.folder("grid")));
    return new Task(
        "Grid: " + resolved.blend().text(), words.of("grid", resolved, more.words()), "");
  }

  /** An axis as its option takes it; the command itself says what is wrong with its values. */
  private static String axis(String field, String text) {
    if (text.indexOf('=') < 1) {
      throw new FieldException(
          field, field + " must be NAME=VALUES, such as seed=1-4, found '" + text + "'.");
    }
    return text;
  }
}
