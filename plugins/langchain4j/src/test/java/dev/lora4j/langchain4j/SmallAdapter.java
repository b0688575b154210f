package dev.lora4j.langchain4j;

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

/** An adapter of random numbers on the queries of a base. */
final class SmallAdapter {
  private static final int RANK = 2;

  private SmallAdapter() {}

  /** Writes it; returns the folder. */
  static Path write(Path folder, Family base) {
    Random random = new Random(1);
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : base.sites().all()) {
      boolean query = site.name().contains("q_proj") || site.name().contains("query");
      if (query && site.weight().rank() == 2) {
        HostTensor down = tensor(random, RANK, site.weight().size(1));
        HostTensor up = tensor(random, site.weight().size(0), RANK);
        all.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    AdapterOutput.write(
        new Adapter("small", all, Map.of()), base, new PeftWriter(), WriteOptions.EXACT, folder);
    return folder;
  }

  private static HostTensor tensor(Random random, long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }
}
