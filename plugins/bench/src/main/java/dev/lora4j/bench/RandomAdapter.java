package dev.lora4j.bench;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A made-up LoRA in F16. The directions of a layer fall off evenly, so that cutting at any rank is
 * well defined.
 */
public final class RandomAdapter {
  /** Length of each direction over that of the one before. */
  private static final double FALL = 0.93;

  private RandomAdapter() {}

  /** Writes an adapter for some linear layers of a base in kohya's layout. */
  public static Path write(
      Engine engine, Path file, Family family, Collection<Site> sites, int rank, long seed) {
    return write(engine, file, family, "kohya", sites, rank, seed);
  }

  /** Writes an adapter for some linear layers of a base in a layout. */
  public static Path write(
      Engine engine,
      Path file,
      Family family,
      String layout,
      Collection<Site> sites,
      int rank,
      long seed) {
    Map<String, List<Factors>> all = new HashMap<>();
    SplittableRandom random = new SplittableRandom(seed);
    try (Scope scope = engine.scope("adapter")) {
      for (Site site : sites) {
        HostTensor down = random(scope, random, Shape.of(rank, site.in()), true);
        HostTensor up = random(scope, random, Shape.of(site.out(), rank), false);
        all.put(site.name(), List.of(LoraMath.factors(down, up, rank / 2.0)));
      }
    }
    String name = String.valueOf(file.getFileName());
    AdapterOutput.write(
        new Adapter(name, all, Map.of()),
        family,
        AdapterWriters.named(layout),
        WriteOptions.EXACT,
        file);
    return file;
  }

  private static HostTensor random(
      Scope scope, SplittableRandom random, Shape shape, boolean rows) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    int columns = (int) shape.size(1);
    double length = 1;
    for (int i = 0; i < values.length; i++) {
      if (rows && i % columns == 0) {
        length *= FALL;
      }
      values[i] = (float) (length * (random.nextDouble() - 0.5) / 16);
    }
    try (Scope work = scope.child("round")) {
      return HostTensor.of(HostTensor.of(shape, values).on(work, DType.F16));
    }
  }
}
