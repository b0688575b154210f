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

/** Case of a LoRA training step of a Whisper's encoder, beside transformers and PEFT. */
record SpeechStepCase(String name) implements Case {
  private static final double TOLERANCE = 1e-5;

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = ModelOfChance.WHISPER.write(bench.folder());
    try (Race race = bench.race(OurSpeechStep.of(bench.engine(), folder))) {
      return race.against(
              bench.python(
                  SpeechStepCase.class,
                  "speech_step.py",
                  "--inputs",
                  folder.toString(),
                  "--rows",
                  ModelOfChance.WHISPER.rows(OurSpeechStep.RECORDINGS, OurSpeechStep.TOKENS)),
              Target.atMost(1))
          .run(DType.F32, TOLERANCE, Optional.empty());
    }
  }
}
