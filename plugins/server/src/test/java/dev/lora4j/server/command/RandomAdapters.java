package dev.lora4j.server.command;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.peft.PeftWriter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Adapters of random numbers, strong enough that each changes what a base does. */
final class RandomAdapters {
  private static final int RANK = 2;

  private RandomAdapters() {}

  /**
   * Writes one.
   *
   * @param part of the names of the layers that it changes
   * @param strength of its numbers
   */
  static void write(Path folder, Family base, String part, long seed, float strength) {
    write(folder, base, part, seed, strength, Map.of());
  }

  /** Writes one with metadata in its header. */
  static void write(
      Path folder,
      Family base,
      String part,
      long seed,
      float strength,
      Map<String, String> metadata) {
    Random random = new Random(seed);
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : base.sites().all()) {
      if (site.name().contains(part) && site.weight().rank() == 2) {
        HostTensor down = tensor(random, strength, RANK, site.weight().size(1));
        HostTensor up = tensor(random, strength, site.weight().size(0), RANK);
        all.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    String name = String.valueOf(folder.getFileName());
    AdapterOutput.write(
        new Adapter(name, all, metadata), base, new PeftWriter(), WriteOptions.EXACT, folder);
  }

  private static HostTensor tensor(Random random, float strength, long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = strength * (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }
}
