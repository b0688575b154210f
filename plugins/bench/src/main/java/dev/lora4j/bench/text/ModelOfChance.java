package dev.lora4j.bench.text;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model of the sizes of SmolLM 135M with weights from chance, and adapters for it. */
final class ModelOfChance {
  private static final NewLlama SIZES = new NewLlama(49152, 576, 1536, 30, 9, 3, true, 2048);
  private static final int RANK = 16;

  private ModelOfChance() {}

  /** Writes it, once. */
  static Path write(Path folder) {
    Path model = folder.resolve("smol");
    try {
      if (!Files.exists(model.resolve("model.safetensors"))) {
        SIZES.write(model, 0);
        Files.writeString(
            model.resolve("tokenizer.json"), new BytePairTrainer().add("text").train(258, "<end>"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  /** Tokens to begin with, the same for everybody. */
  static int[] prompt(int row, int tokens) {
    SeededNoise noise = SeededNoise.of(7, row);
    int[] prompt = new int[tokens];
    Arrays.setAll(prompt, i -> noise.index(SIZES.vocabulary()));
    return prompt;
  }

  /** A LoRA on queries and values. */
  static Adapter adapter(Collection<Site> sites, int number) {
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    for (Site site : sites) {
      if (site.name().endsWith("q_proj") || site.name().endsWith("v_proj")) {
        HostTensor down = values(Shape.of(RANK, site.in()), number, site.name().hashCode());
        HostTensor up = values(Shape.of(site.out(), RANK), number, site.name().hashCode() + 1L);
        factors.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    return new Adapter("adapter " + number, factors, Map.of());
  }

  private static HostTensor values(Shape shape, int number, long place) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(number, place).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.02f;
    }
    return HostTensor.of(shape, values);
  }
}
