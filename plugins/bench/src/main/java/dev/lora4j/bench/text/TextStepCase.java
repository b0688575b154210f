package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Case of a LoRA training step of a decoder, beside transformers and PEFT.
 *
 * @param tolerance how far the losses may differ, as a share
 */
public record TextStepCase(String name, ModelOfChance model, DType type, double tolerance)
    implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    Path folder = model.write(bench.folder());
    try (Race race =
        bench.race(OurTextStep.ofChance(bench.engine(), bench.folder(), model, type))) {
      return race.against(
              bench.python(
                  TextStepCase.class,
                  "text_step.py",
                  "--inputs",
                  folder.toString(),
                  "--dtype",
                  type.name().toLowerCase(Locale.ROOT),
                  "--rows",
                  model.rows(OurTextStep.ROWS, OurTextStep.TOKENS)),
              Target.atMost(1))
          .run(type, tolerance, Optional.empty());
    }
  }
}
