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
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** A text of a language model with adapters. */
record TextGenerateAction(AdapterPlaces places, BaseArguments bases) implements Action {
  private static final Set<String> FIELDS =
      Set.of(
          "model",
          "adapters",
          "prompt",
          "system",
          "chat",
          "maxTokens",
          "temperature",
          "topP",
          "topK",
          "minP",
          "repetitionPenalty",
          "stop",
          "seed");
  private static final Map<String, String> NUMBERS =
      Map.of(
          "temperature", "--temperature",
          "topP", "--top-p",
          "minP", "--min-p",
          "repetitionPenalty", "--repetition-penalty");
  private static final double MOST = 1000;

  @Override
  public String name() {
    return "text-generate";
  }

  @Override
  public Lane lane() {
    return Lane.QUICK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    KnownFields.require(request, FIELDS);
    String prompt = request.requiredText("prompt");
    CommandWords words = new CommandWords("text", "generate");
    bases.texts(words, request, "model");
    WeightedAdapters.requirePlain(request);
    WeightedAdapters.words(request, places, 0).forEach(word -> words.option("--lora", word));
    request.text("system").filter(t -> !t.isEmpty()).ifPresent(t -> words.option("--system", t));
    if (request.flag("chat", false)) {
      words.flag("--chat");
    }
    whole(words, request, "maxTokens", "--max-new-tokens", 1);
    new TreeMap<>(NUMBERS)
        .forEach(
            (field, option) -> {
              OptionalDouble number = request.number(field, 0, MOST);
              number.ifPresent(x -> words.option(option, Double.toString(x)));
            });
    whole(words, request, "topK", "--top-k", 0);
    request
        .list("stop", JsonFields::text)
        .orElse(List.of())
        .forEach(text -> words.option("--stop", text));
    OptionalLong seed = request.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    seed.ifPresent(number -> words.option("--seed", Long.toString(number)));
    return new Task("Text", words.values(List.of(prompt)).words(), "");
  }

  private static void whole(
      CommandWords words, JsonFields request, String field, String option, int least) {
    var number = request.integer(field, least, Integer.MAX_VALUE);
    number.ifPresent(n -> words.option(option, Integer.toString(n)));
  }
}
