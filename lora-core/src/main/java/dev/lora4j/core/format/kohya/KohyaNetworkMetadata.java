package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KohyaLabel;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Minimal metadata of kohya's trainer for a network: module, rank, alpha and arguments where the
 * adapter's own metadata lacks them. Single layers may have another rank and alpha.
 */
final class KohyaNetworkMetadata {
  private static final String DYNAMIC = "Dynamic";

  /** Rank or alpha of methods without one, in Python's spelling. */
  private static final String NONE = "None";

  private static final String INNER = "dora_inner";
  private static final Set<String> PLAIN = Set.of("lora", "bias");

  /** LyCORIS's names of algorithms where they are not ours. */
  private static final Map<String, String> ALGORITHMS = Map.of("lora", "locon", "diff", "full");

  private KohyaNetworkMetadata() {}

  static Metadata of(Adapter adapter, Family family) {
    Metadata own = new Metadata(adapter.metadata());
    Set<String> methods = new TreeSet<>();
    adapter.sites().values().forEach(all -> all.forEach(f -> methods.add(inner(f))));
    boolean plain = PLAIN.containsAll(methods) && !dora(adapter);
    String module = plain ? module(family) : "lycoris.kohya";
    return Metadata.EMPTY
        .withAll(own.only("ss_network_"))
        .withDefault(KohyaKeys.NETWORK_MODULE, module)
        .withDefault(KohyaKeys.NETWORK_DIM, common(adapter, KohyaNetworkMetadata::rank))
        .withDefault(KohyaKeys.NETWORK_ALPHA, common(adapter, KohyaNetworkMetadata::alpha))
        .withDefault(KohyaKeys.NETWORK_ARGS, arguments(adapter, methods, plain));
  }

  private static String module(Family family) {
    return Families.label(family.name()).map(KohyaLabel::module).orElse(KohyaLabel.PLAIN_MODULE);
  }

  private static String inner(Factors factors) {
    return factors.settings().getOrDefault(INNER, factors.method());
  }

  private static boolean dora(Adapter adapter) {
    return adapter.sites().values().stream()
        .flatMap(List::stream)
        .anyMatch(f -> f.settings().containsKey(INNER));
  }

  private static SortedMap<String, String> arguments(
      Adapter adapter, Set<String> methods, boolean plain) {
    SortedMap<String, String> arguments = new TreeMap<>();
    if (!plain) {
      String method = methods.stream().filter(m -> !m.equals("bias")).findFirst().orElse("diff");
      arguments.put("algo", ALGORITHMS.getOrDefault(method, method));
      if (dora(adapter)) {
        arguments.put("dora_wd", "True");
      }
    }
    return arguments;
  }

  /**
   * The value that all layers with a value share; {@link #DYNAMIC} if they differ, {@link #NONE}
   * without any.
   */
  private static String common(Adapter adapter, Function<Factors, Optional<String>> of) {
    Map<String, Integer> counts = new HashMap<>();
    adapter
        .sites()
        .values()
        .forEach(
            all -> all.forEach(f -> of.apply(f).ifPresent(v -> counts.merge(v, 1, Integer::sum))));
    if (counts.isEmpty()) {
      return NONE;
    }
    return counts.size() == 1 ? counts.keySet().iterator().next() : DYNAMIC;
  }

  private static Optional<String> rank(Factors factors) {
    OptionalLong rank = Methods.named(factors.method()).chosenRank(factors.structure());
    return rank.isPresent() ? Optional.of(Long.toString(rank.getAsLong())) : Optional.empty();
  }

  private static Optional<String> alpha(Factors factors) {
    return Optional.ofNullable(factors.settings().get("alpha"));
  }
}
