package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.lowrank.DeltaNorm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** How much an adapter changes each block of its base: the norm of all changes there together. */
final class BlockNorms {
  private static final int WIDTH = 40;

  /** Some seconds of two cores. */
  private static final long MOST_WORK = 60_000_000_000L;

  private final SortedMap<BlockName, Double> norms;

  private BlockNorms(SortedMap<BlockName, Double> norms) {
    this.norms = norms;
  }

  /** The norms of what they are known of; none if they would take long. */
  static BlockNorms of(Adapter adapter, Family family) {
    BlockNames names = new BlockNames(family.sites());
    long work =
        adapter.sites().values().stream().flatMap(List::stream).mapToLong(DeltaNorm::cost).sum();
    SortedMap<BlockName, Double> squares = new ConcurrentSkipListMap<>();
    if (work <= MOST_WORK) {
      adapter.sites().entrySet().parallelStream()
          .forEach(
              site -> {
                Optional<BlockName> block = names.of(site.getKey());
                for (Factors factors : site.getValue()) {
                  OptionalDouble norm = DeltaNorm.of(factors);
                  if (block.isPresent() && norm.isPresent()) {
                    double square = norm.getAsDouble() * norm.getAsDouble();
                    squares.merge(block.get(), square, Double::sum);
                  }
                }
              });
    }
    SortedMap<BlockName, Double> norms = new TreeMap<>();
    squares.forEach((block, square) -> norms.put(block, Math.sqrt(square)));
    return new BlockNorms(norms);
  }

  /** As bars, the longest for the block that changes most. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    double most = norms.values().stream().mapToDouble(n -> n).max().orElse(0);
    if (most > 0) {
      lines.add("Change of each block (Frobenius norm at weight 1):");
      norms.forEach((block, norm) -> lines.add(line(block, norm, most)));
    }
    return lines;
  }

  private static String line(BlockName block, double norm, double most) {
    int length = (int) Math.round(WIDTH * norm / most);
    return String.format(
        Locale.ROOT, "  %-5s %-" + WIDTH + "s %.4g", block, "#".repeat(length), norm);
  }

  /** The same for programs. */
  Map<String, Double> json() {
    Map<String, Double> all = new LinkedHashMap<>();
    norms.forEach((block, norm) -> all.put(block.toString(), norm));
    return all;
  }
}
