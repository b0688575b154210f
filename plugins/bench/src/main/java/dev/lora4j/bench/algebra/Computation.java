package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ours, as the commands resize and merge do it: read, cut to a rank, write in F32. */
final class Computation implements Contender {
  private final Scope scope;
  private final List<Path> files;
  private final int rank;
  private final Path output;

  /**
   * Of one file it is resizing, of several a merge with equal weights that add up to 1.
   *
   * @param output where the result is written
   */
  Computation(Engine engine, List<Path> files, int rank, Path output) {
    this.scope = engine.scope("algebra");
    this.files = List.copyOf(files);
    this.rank = rank;
    this.output = output;
  }

  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    compute();
    return Products.of(output);
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::compute);
  }

  private void compute() {
    List<Term> terms = new ArrayList<>();
    Map<String, Site> sites = new HashMap<>();
    List<Family> families = new ArrayList<>();
    for (Path file : files) {
      LoadedAdapter loaded = AdapterFiles.read(file);
      families.add(loaded.family());
      loaded.family().sites().all().forEach(s -> sites.put(s.name(), s));
      terms.add(new Term(loaded.adapter(), 1.0 / files.size()));
    }
    try (Scope work = scope.child("unit")) {
      Adapter cut =
          new LowRankAlgebra(work, sites)
              .truncate("cut", terms, RankRule.fixed(rank), DType.F32)
              .adapter();
      AdapterOutput.write(
          cut, families.get(0), AdapterWriters.named("kohya"), WriteOptions.EXACT, output);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
