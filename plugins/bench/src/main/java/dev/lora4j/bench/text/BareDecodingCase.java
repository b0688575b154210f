package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Case of greedy tokens of rows that have an adapter each, beside the same rows without; both are
 * ours, in turns.
 */
public record BareDecodingCase(String name, DecodingSetting setting) implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    Path model = setting.folder(bench);
    try (Race race = bench.race(new OurDecoding(bench.engine(), model, setting, true))) {
      // Adapters change the text.
      return race.against(
              new OurDecoding(bench.engine(), model, setting, false), Target.atMost(1.1))
          .run(setting.type(), Double.POSITIVE_INFINITY, Optional.empty());
    }
  }
}
