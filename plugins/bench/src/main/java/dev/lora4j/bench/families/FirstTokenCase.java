package dev.lora4j.bench.families;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.core.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Case of a program from its start until the first token of a model that it loads. */
record FirstTokenCase(String name, ModelOfChance model) implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    String folder = model.write(bench.folder()).toString();
    String prompt = model.rows(1, FirstToken.PROMPT);
    try (Race race = bench.race(bench.launch(FirstToken.class, FirstToken.DONE, folder, prompt))) {
      return race.against(
              bench.launchPython(
                  FirstTokenCase.class, "first_token.py", FirstToken.DONE, folder, prompt),
              Target.atMost(0.5))
          .run(DType.F32, 0, Optional.empty());
    }
  }
}
