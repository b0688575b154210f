package dev.lora4j.studio.blend;

import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.spi.Extensions;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.library.AdapterRequest;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** One adapter of several. */
record MergeAction(AdapterPlaces places, BaseArguments bases) implements Action {
  private static final Set<String> FIELDS =
      Set.of(
          "output",
          "adapters",
          "base",
          "mixer",
          "seed",
          "rank",
          "full",
          "dtype",
          "layout",
          "overwrite");

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    AdapterRequest asked = new AdapterRequest(request, places, FIELDS);
    List<String> adapters = WeightedAdapters.words(request, places, 1);
    CommandWords words = new CommandWords("merge");
    bases.any(words, request);
    WeightedAdapters.details(request, places, words);
    request
        .text("mixer")
        .filter(text -> !text.isBlank())
        .ifPresent(
            text -> {
              BlendRow.checked("mixer", () -> Extensions.installed().make(Mixer.class, text));
              words.option("--mixer", text);
            });
    OptionalLong seed = request.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    seed.ifPresent(number -> words.option("--seed", Long.toString(number)));
    asked.rank(words, "rank", "--rank");
    asked.flag(words, "full", "--full");
    asked.form(words);
    words.option("-o", asked.file()).values(adapters);
    return new Task("Merge to " + asked.output(), words.words(), asked.output());
  }
}
