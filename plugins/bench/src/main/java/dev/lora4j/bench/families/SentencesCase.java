package dev.lora4j.bench.families;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Case of embeddings of texts by a MiniLM, beside transformers. */
record SentencesCase(String name) implements Case {
  private static final double TOLERANCE = 1e-4;

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = ModelOfChance.MINILM.write(bench.folder());
    try (Race race = bench.race(new OurSentences(bench.engine(), folder))) {
      return race.against(
              bench.python(
                  SentencesCase.class,
                  "sentences.py",
                  "--inputs",
                  folder.toString(),
                  "--rows",
                  ModelOfChance.MINILM.rows(OurSentences.TEXTS, OurSentences.TOKENS)),
              Target.atMost(1))
          .run(DType.F32, TOLERANCE, Optional.empty());
    }
  }
}
