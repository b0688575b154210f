package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.List;
import java.util.Locale;

/** Text of retrieval scores, as commands print it. */
final class RetrievalTable {
  private RetrievalTable() {}

  /** Scores an encoder, with a line of progress. */
  static RetrievalScores of(
      Console console, String what, SentenceEncoder model, List<MatchedText> matches, MixPlan mix) {
    int texts = RetrievalScores.texts(matches);
    try (Progress progress = console.progress("encoding with the " + what, texts, "text")) {
      return RetrievalScores.of(model, matches, mix, done -> progress.done(done, ""));
    }
  }

  static String line(String what, RetrievalScores found) {
    return String.format(
        Locale.ROOT,
        "%s  accuracy@1 %.3f, accuracy@10 %.3f, MRR@10 %.3f, NDCG@10 %.3f, MAP@100 %.3f (%d queries, %d documents)",
        what,
        found.accuracyAt1(),
        found.accuracyAt10(),
        found.mrrAt10(),
        found.ndcgAt10(),
        found.mapAt100(),
        found.queries(),
        found.documents());
  }

  static Json json(RetrievalScores found) {
    return new Json()
        .put("accuracyAt1", found.accuracyAt1())
        .put("accuracyAt10", found.accuracyAt10())
        .put("recallAt10", found.recallAt10())
        .put("mrrAt10", found.mrrAt10())
        .put("ndcgAt10", found.ndcgAt10())
        .put("mapAt100", found.mapAt100())
        .put("queries", found.queries())
        .put("documents", found.documents());
  }
}
