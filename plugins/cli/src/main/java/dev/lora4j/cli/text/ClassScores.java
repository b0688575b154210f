package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text of classification scores, as commands print it. */
final class ClassScores {
  private ClassScores() {}

  /** Scores a classifier, with a line of progress. */
  static ClassificationScores of(
      Console console, String what, TextClassifier model, List<TokenSequence> all, MixPlan mix) {
    try (Progress progress = console.progress("scoring the " + what, all.size(), "text")) {
      return ClassificationScores.of(model, all, mix, done -> progress.done(done, ""));
    }
  }

  static String line(String what, ClassificationScores found) {
    return String.format(
        Locale.ROOT,
        "%s  accuracy %.4f, macro F1 %.4f over %d texts (the commonest class: %.4f)",
        what,
        found.accuracy(),
        found.macroF1(),
        found.texts(),
        found.commonest());
  }

  static Json json(ClassificationScores found) {
    Map<String, Object> classes = new LinkedHashMap<>();
    for (int i = 0; i < found.labels().size(); i++) {
      classes.put(found.labels().get(i), found.f1(i));
    }
    return new Json()
        .put("accuracy", found.accuracy())
        .put("macroF1", found.macroF1())
        .put("commonest", found.commonest())
        .put("texts", found.texts())
        .put("f1", classes);
  }
}
