package dev.lora4j.studio.library;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import java.util.List;
import java.util.Set;

/** An adapter in another layout, or with another element type. */
record ConvertAction(AdapterPlaces places) implements Action {
  private static final Set<String> FIELDS =
      Set.of("adapter", "output", "layout", "dtype", "foldAlpha", "rewrite", "overwrite");

  @Override
  public String name() {
    return "convert";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    AdapterRequest asked = new AdapterRequest(request, places, FIELDS);
    CommandWords words = new CommandWords("convert");
    if (asked.layout().isEmpty()) {
      throw request.missing("layout", "kohya, diffusers or peft");
    }
    asked.form(words);
    asked.flag(words, "foldAlpha", "--fold-alpha");
    asked.flag(words, "rewrite", "--rewrite");
    words.values(List.of(asked.adapter("adapter"), asked.file()));
    return new Task("Convert to " + asked.output(), words.words(), asked.output());
  }
}
