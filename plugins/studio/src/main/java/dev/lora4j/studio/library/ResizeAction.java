package dev.lora4j.studio.library;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** An adapter with another rank. */
record ResizeAction(AdapterPlaces places) implements Action {
  private static final Set<String> FIELDS =
      Set.of(
          "adapter",
          "output",
          "rank",
          "convRank",
          "svRatio",
          "svFro",
          "svCumulative",
          "dtype",
          "layout",
          "overwrite");

  @Override
  public String name() {
    return "resize";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    AdapterRequest asked = new AdapterRequest(request, places, FIELDS);
    if (Stream.of("rank", "svRatio", "svFro", "svCumulative").noneMatch(request::has)) {
      throw request.missing("rank", "a whole number, or one of svRatio, svFro and svCumulative");
    }
    CommandWords words = new CommandWords("resize");
    asked.rank(words, "rank", "--rank");
    asked.rank(words, "convRank", "--conv-rank");
    asked.number(words, "svRatio", "--sv-ratio");
    asked.number(words, "svFro", "--sv-fro");
    asked.number(words, "svCumulative", "--sv-cumulative");
    asked.form(words);
    words.option("-o", asked.file()).values(List.of(asked.adapter("adapter")));
    return new Task("Resize to " + asked.output(), words.words(), asked.output());
  }
}
