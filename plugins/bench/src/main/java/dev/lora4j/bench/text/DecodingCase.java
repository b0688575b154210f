package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import java.util.List;
import java.util.Optional;

/** Case of greedy tokens without adapters, beside transformers. */
public record DecodingCase(String name, DecodingSetting setting) implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    OurDecoding ours = new OurDecoding(bench.engine(), setting.folder(bench), setting, false);
    try (Race race = bench.race(ours)) {
      return race.against(setting.transformers(bench), Target.atMost(0.7))
          .run(setting.type(), setting.tolerance(), Optional.empty());
    }
  }
}
