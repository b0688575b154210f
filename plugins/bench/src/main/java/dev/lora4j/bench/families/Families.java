package dev.lora4j.bench.families;

import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.text.AdaptedDecodingCase;
import dev.lora4j.bench.text.BareDecodingCase;
import dev.lora4j.bench.text.DecodingCase;
import dev.lora4j.bench.text.DecodingSetting;
import dev.lora4j.bench.text.EmbeddingCase;
import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.bench.text.TextStepCase;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.List;

/** Models of several families: their outputs, their training, and their start. */
@Extension(
    point = Benchmark.class,
    name = "families",
    help =
        "SmolLM2 135M, Gemma 3 270M, MiniLM and Whisper tiny, weights from chance: outputs, a LoRA"
            + " training step, 8 rows with 8 adapters, and the start until the first token; beside"
            + " transformers and PEFT")
public final class Families implements Benchmark {
  private static final double ROUNDING = 1e-5;

  @Override
  public List<Case> cases() {
    return List.of(
        new DecodingCase("smollm2-decode", one(ModelOfChance.SMOLLM2, DType.F32)),
        new DecodingCase("smollm2-decode-bf16", one(ModelOfChance.SMOLLM2, DType.BF16)),
        new TextStepCase("smollm2-step", ModelOfChance.SMOLLM2, DType.F32, ROUNDING),
        new AdaptedDecodingCase("smollm2-adapters8", eight(ModelOfChance.SMOLLM2)),
        new BareDecodingCase("smollm2-adapters8-base", eight(ModelOfChance.SMOLLM2)),
        new FirstTokenCase("smollm2-first-token", ModelOfChance.SMOLLM2),
        new DecodingCase("gemma3-decode", one(ModelOfChance.GEMMA3, DType.F32)),
        new DecodingCase("gemma3-decode-bf16", one(ModelOfChance.GEMMA3, DType.BF16)),
        new TextStepCase("gemma3-step", ModelOfChance.GEMMA3, DType.F32, ROUNDING),
        new AdaptedDecodingCase("gemma3-adapters8", eight(ModelOfChance.GEMMA3)),
        new BareDecodingCase("gemma3-adapters8-base", eight(ModelOfChance.GEMMA3)),
        new FirstTokenCase("gemma3-first-token", ModelOfChance.GEMMA3),
        new SentencesCase("minilm-encode"),
        new EmbeddingCase("minilm-step"),
        new SpeechEncodingCase("whisper-encode"),
        new SpeechStepCase("whisper-step"));
  }

  private static DecodingSetting one(ModelOfChance model, DType type) {
    return new DecodingSetting(model, type, 1, 16, 32);
  }

  private static DecodingSetting eight(ModelOfChance model) {
    return new DecodingSetting(model, DType.F32, 8, 16, 16);
  }
}
