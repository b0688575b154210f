package dev.lora4j.studio.blend;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;
import java.util.Set;

/** How adapters get on with each other. */
record MixAction(Workspace workspace, AdapterPlaces places, BaseArguments bases) implements Action {
  @Override
  public String name() {
    return "mix";
  }

  @Override
  public Lane lane() {
    return Lane.QUICK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    KnownFields.require(request, Set.of("adapters", "base"));
    List<String> adapters = WeightedAdapters.words(request, places, 2);
    WeightedAdapters.requirePlain(request);
    CommandWords words = new CommandWords("mix").flag("--json");
    bases.any(words, request);
    words.option("-o", workspace.shown(outputs.file("mix.png"))).values(adapters);
    return new Task("Conflicts of " + adapters.size() + " adapters", words.words(), "");
  }
}
