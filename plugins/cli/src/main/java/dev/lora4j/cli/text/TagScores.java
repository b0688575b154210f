package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.evaluate.TaggingScores;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text of scores of classes of words, as commands print it. */
final class TagScores {
  private TagScores() {}

  /** Scores a model, with a line of progress. */
  static TaggingScores of(
      Console console, String what, TokenClassifier model, List<TaggedText> all, MixPlan mix) {
    try (Progress progress = console.progress("scoring the " + what, all.size(), "text")) {
      return TaggingScores.of(model, all, mix, done -> progress.done(done, ""));
    }
  }

  static String line(String what, TaggingScores found) {
    String entities =
        found.types().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                ", F1 of entities %.4f (precision %.4f, recall %.4f)",
                found.all().f1(),
                found.all().precision(),
                found.all().recall());
    return String.format(
        Locale.ROOT,
        "%s  accuracy %.4f%s over %d words",
        what,
        found.accuracy(),
        entities,
        found.words());
  }

  static Json json(TaggingScores found) {
    Json all =
        new Json()
            .put("accuracy", found.accuracy())
            .put("words", found.words())
            .put("texts", found.texts());
    if (found.types().isEmpty()) {
      return all;
    }
    Map<String, Object> types = new LinkedHashMap<>();
    found.types().forEach((name, one) -> types.put(name, json(one)));
    return all.put("entities", json(found.all())).put("types", types);
  }

  private static Map<String, Object> json(TaggingScores.Found found) {
    return new Json()
        .put("precision", found.precision())
        .put("recall", found.recall())
        .put("f1", found.f1())
        .put("there", found.there())
        .fields();
  }
}
