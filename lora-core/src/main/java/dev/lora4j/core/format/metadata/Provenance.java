package dev.lora4j.core.format.metadata;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Metadata of adapters that were computed from others, as sd-scripts writes it. It replaces rank
 * and alpha; hashes are the writer's business.
 */
public final class Provenance {
  private static final String DYNAMIC = "Dynamic";

  private static final String RESIZED = "dimension is resized from ";
  private static final String RESIZED_DYNAMICALLY = "Dynamic resize with ";
  private static final String MEAN = "mean of trainings with seeds ";
  private static final String MIXED = "mixed by ";
  private static final String EXTRACTED = "extracted from ";

  /** Separator of a derivation and the earlier comment. */
  private static final String THEN = "; ";

  /** Entries that a merge keeps where all its adapters agree. */
  private static final List<MetadataKey<String>> COMMON =
      List.of(
          KohyaKeys.BASE_VERSION,
          KohyaKeys.BASE_NAME,
          KohyaKeys.BASE_HASH,
          ModelSpecKeys.ARCHITECTURE,
          ModelSpecKeys.IMPLEMENTATION,
          ModelSpecKeys.RESOLUTION,
          ModelSpecKeys.PREDICTION);

  private Provenance() {}

  /**
   * Metadata of a resized adapter.
   *
   * @param before metadata of the adapter
   * @param rank its greatest rank before
   * @param how for people, for example {@code sv_fro: 0.9}; empty if the rank is the same
   *     everywhere
   */
  public static Metadata resized(Metadata before, long rank, String how, Adapter after) {
    String comment = before.get(KohyaKeys.COMMENT).orElse("");
    String what =
        how.isEmpty()
            ? RESIZED + rank + " to " + greatestRank(after)
            : RESIZED_DYNAMICALLY + how + " from " + rank;
    return ranks(before, after, !how.isEmpty())
        .with(KohyaKeys.COMMENT, what + THEN + comment)
        .with(KohyaKeys.NETWORK_MODULE, "networks.lora")
        .without(KohyaKeys.NETWORK_ARGS)
        .without(DyloraRule.UNIT);
  }

  /**
   * Metadata of a merged adapter: the common entries about the base, and the merged names.
   *
   * @param parts metadata of the adapters
   * @param names their names
   */
  public static Metadata merged(List<Metadata> parts, List<String> names, Adapter after) {
    Metadata result = Metadata.EMPTY;
    for (MetadataKey<String> key : COMMON) {
      Optional<String> value = agreed(parts, key);
      if (value.isPresent()) {
        result = result.with(key, value.get());
      }
    }
    Optional<Boolean> second = agreed(parts, KohyaKeys.V2);
    if (second.isPresent()) {
      result = result.with(KohyaKeys.V2, second.get());
    }
    return ranks(result, after, false)
        .with(KohyaKeys.NETWORK_MODULE, "networks.lora")
        .with(ModelSpecKeys.MERGED_FROM, String.join(", ", names));
  }

  /**
   * Metadata of the mean of runs that differ in their seed alone.
   *
   * @param runs metadata of each; the first also speaks for the others
   */
  public static Metadata averaged(List<Metadata> runs, Adapter after) {
    String seeds =
        runs.stream()
            .map(run -> run.get(KohyaKeys.SEED).map(seed -> Long.toString(seed)).orElse("?"))
            .collect(Collectors.joining(", "));
    String comment = runs.get(0).get(KohyaKeys.COMMENT).orElse("");
    return ranks(runs.get(0), after, false)
        .with(KohyaKeys.COMMENT, MEAN + seeds + THEN + comment)
        .without(KohyaKeys.SEED)
        .without(KohyaKeys.NETWORK_ARGS);
  }

  /** The user's part of a training comment, without the derivations. */
  static String said(String comment) {
    int at = 0;
    while (begins(comment, at, RESIZED, RESIZED_DYNAMICALLY, MEAN)) {
      int then = comment.indexOf(THEN, at);
      at = then < 0 ? comment.length() : then + THEN.length();
    }
    return begins(comment, at, MIXED, EXTRACTED) ? "" : comment.substring(at);
  }

  private static boolean begins(String comment, int at, String... ways) {
    return Stream.of(ways).anyMatch(way -> comment.startsWith(way, at));
  }

  /**
   * Metadata of an adapter that a mixer blended from others.
   *
   * @param merged as {@link #merged} has it
   * @param how the mixer with its settings, for people
   */
  public static Metadata mixed(Metadata merged, String how) {
    return merged.with(KohyaKeys.COMMENT, MIXED + how);
  }

  /** Metadata of an adapter extracted from two checkpoints. */
  public static Metadata extracted(String base, String tuned, Adapter after) {
    return ranks(Metadata.EMPTY, after, false)
        .with(KohyaKeys.NETWORK_MODULE, "networks.lora")
        .with(KohyaKeys.BASE_NAME, base)
        .with(KohyaKeys.COMMENT, EXTRACTED + tuned + " against " + base);
  }

  private static <T> Optional<T> agreed(Collection<Metadata> parts, MetadataKey<T> key) {
    Optional<T> first = parts.stream().map(m -> m.get(key)).flatMap(Optional::stream).findFirst();
    return first.filter(
        value -> parts.stream().allMatch(m -> m.get(key).filter(v -> !v.equals(value)).isEmpty()));
  }

  private static Metadata ranks(Metadata metadata, Adapter adapter, boolean dynamic) {
    return metadata
        .with(KohyaKeys.NETWORK_DIM, common(adapter, dynamic, Provenance::rank))
        .with(
            KohyaKeys.NETWORK_ALPHA,
            common(adapter, dynamic, f -> Optional.ofNullable(f.settings().get("alpha"))));
  }

  /** Value that all layers have; {@link #DYNAMIC} if there are several. */
  private static String common(
      Adapter adapter, boolean dynamic, Function<Factors, Optional<String>> of) {
    Set<String> values = new TreeSet<>();
    adapter.sites().values().forEach(all -> all.forEach(f -> of.apply(f).ifPresent(values::add)));
    return !dynamic && values.size() == 1 ? values.iterator().next() : DYNAMIC;
  }

  private static Optional<String> rank(Factors factors) {
    return Optional.ofNullable(factors.tensors().get(LoraMethod.DOWN))
        .map(down -> Long.toString(down.shape().size(0)));
  }

  /** The greatest rank of an adapter's LoRA factors; 0 without any. */
  public static long greatestRank(Adapter adapter) {
    return adapter.sites().values().stream()
        .flatMap(List::stream)
        .map(Provenance::rank)
        .flatMap(Optional::stream)
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }
}
