package dev.lora4j.studio.library;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import java.util.List;
import java.util.Set;

/** All that is found in an adapter's file. */
record InspectAction(AdapterPlaces places) implements Action {
  @Override
  public String name() {
    return "inspect";
  }

  @Override
  public Lane lane() {
    return Lane.QUICK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    AdapterRequest asked = new AdapterRequest(request, places, Set.of("adapter"));
    CommandWords words = new CommandWords("inspect").flag("--json").flag("--all");
    words.values(List.of(asked.adapter("adapter")));
    return new Task("Inspect " + request.requiredText("adapter"), words.words(), "");
  }
}
