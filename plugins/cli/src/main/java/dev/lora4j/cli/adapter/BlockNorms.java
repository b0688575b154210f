package dev.lora4j.cli.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.lowrank.DeltaNorms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Chart of the norms of an adapter's changes by block of its base. */
public final class BlockNorms {
  private static final int WIDTH = 40;

  /** Some ten seconds of two cores. */
  private static final long MOST_WORK = 60_000_000_000L;

  private final SortedMap<BlockName, Double> norms;
  private final SortedMap<String, Integer> without;
  private final boolean computed;

  private BlockNorms(
      SortedMap<BlockName, Double> norms, SortedMap<String, Integer> without, boolean computed) {
    this.norms = norms;
    this.without = without;
    this.computed = computed;
  }

  /** The norms of what has one by itself; none if they would take long. */
  public static BlockNorms of(Adapter adapter, Family family) {
    if (DeltaNorms.cost(adapter) > MOST_WORK) {
      return new BlockNorms(new TreeMap<>(), new TreeMap<>(), false);
    }
    BlockNames names = new BlockNames(family.sites());
    DeltaNorms norms = DeltaNorms.of(adapter);
    return new BlockNorms(norms.by(site -> names.of(site).orElseThrow()), norms.without(), true);
  }

  /** Bar chart, the longest bar for the block that changes most, and the layers without a norm. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    double most = norms.values().stream().mapToDouble(n -> n).max().orElse(0);
    if (!computed) {
      return List.of("Change of each block: left out, as it would take long.");
    }
    if (most > 0 || !without.isEmpty()) {
      lines.add("Change of each block (Frobenius norm at weight 1):");
    }
    if (most > 0) {
      norms.forEach((block, norm) -> lines.add(line(block, norm, most)));
    }
    without.forEach((method, count) -> lines.add("  " + why(method, count)));
    return lines;
  }

  private static String why(String method, int count) {
    return "left out: " + count + " of " + method + reason(Methods.named(method));
  }

  private static String reason(AdapterMethod method) {
    if (method instanceof RoutedMethod) {
      return ", whose change depends on the inputs of layers";
    }
    return method instanceof TransformMethod
        ? ", whose change depends on the weights of the base"
        : ", which change single elements";
  }

  private static String line(BlockName block, double norm, double most) {
    int length = (int) Math.round(WIDTH * norm / most);
    return String.format(
        Locale.ROOT, "  %-5s %-" + WIDTH + "s %.4g", block, "#".repeat(length), norm);
  }

  /** The same for programs. */
  public Map<String, Double> json() {
    Map<String, Double> all = new LinkedHashMap<>();
    norms.forEach((block, norm) -> all.put(block.toString(), norm));
    return all;
  }

  /** Number of changes in none of the norms, by method. */
  public Map<String, Integer> without() {
    return Collections.unmodifiableMap(without);
  }
}
