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

/** Case of half a minute read by a Whisper, and its first token; beside transformers. */
record SpeechEncodingCase(String name) implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    Path folder = ModelOfChance.WHISPER.write(bench.folder());
    try (Race race = bench.race(new OurSpeechEncoding(bench.engine(), folder))) {
      return race.against(
              bench.python(
                  SpeechEncodingCase.class, "speech_encoding.py", "--inputs", folder.toString()),
              Target.atMost(1))
          .run(DType.F32, 0, Optional.empty());
    }
  }
}
