package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ours, in a process of its own: adapters that are read already become one. */
public final class MixedInMemory implements Contender {
  /** The script has the same. */
  private static final List<Double> WEIGHTS = List.of(0.7, 0.5, 0.4, 0.3);

  private static final double DENSITY = 0.5;

  private final Engine engine;
  private final String mixer;
  private final boolean drops;
  private final Path output;
  private final int rank;
  private final Map<String, Site> sites = new HashMap<>();
  private final Family family;
  private MixPlan plan = MixPlan.NONE;

  /**
   * Reads the adapters.
   *
   * @param argument separated by semicolons: how many threads, the mixer, whether it has a density,
   *     where the result is written for comparison, the files with colons between them, and the
   *     rank
   */
  public MixedInMemory(String argument) {
    List<String> words = List.of(argument.split(";", -1));
    this.engine = Engine.open(EngineOptions.DEFAULT.threads(Integer.parseInt(words.get(0))));
    this.mixer = words.get(1);
    this.drops = Boolean.parseBoolean(words.get(2));
    this.output = Path.of(words.get(3));
    this.rank = Integer.parseInt(words.get(5));
    List<LoadedAdapter> loaded =
        List.of(words.get(4).split(":", -1)).stream()
            .map(file -> AdapterFiles.read(Path.of(file)))
            .toList();
    this.family = loaded.get(0).family();
    family.sites().all().forEach(s -> sites.put(s.name(), s));
    for (int i = 0; i < loaded.size(); i++) {
      plan = plan.with(loaded.get(i).adapter(), WEIGHTS.get(i));
    }
  }

  @Override
  public String name() {
    return "lora4j";
  }

  /** {@inheritDoc} Drops nothing where that is random: both draw other numbers. */
  @Override
  public double[] check() {
    Adapter mixed = mixed(mixer.startsWith("dare") ? 1 : DENSITY);
    AdapterOutput.write(mixed, family, AdapterWriters.named("kohya"), WriteOptions.EXACT, output);
    return Products.of(output);
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> mixed(DENSITY));
  }

  private Adapter mixed(double density) {
    String join = mixer.endsWith(":") ? "" : ",";
    String request = drops ? mixer + join + "density=" + density : mixer;
    try (Scope work = engine.scope("unit")) {
      return new DeltaMixing(work, sites)
          .cutWholes(RankRules.same(RankRule.fixed(rank)))
          .mix("mixed", (DeltaMixer) Extensions.installed().make(Mixer.class, request), plan)
          .adapter();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
