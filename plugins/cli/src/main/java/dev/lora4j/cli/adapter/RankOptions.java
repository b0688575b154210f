package dev.lora4j.cli.adapter;

import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRule.Kind;
import dev.lora4j.core.lowrank.RankRules;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the rank at each layer. */
final class RankOptions {
  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Keep N directions at each layer; with one of the next three, at most N.")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--conv-rank",
      paramLabel = "N",
      description = "The same for convolutions of more than one point (default: as --rank).")
  private Optional<Integer> convRank = Optional.empty();

  @Option(
      names = "--sv-ratio",
      paramLabel = "X",
      description = "Keep singular values greater than the greatest divided by X.")
  private Optional<Double> ratio = Optional.empty();

  @Option(
      names = "--sv-fro",
      paramLabel = "X",
      description = "Keep the share X of the Frobenius norm, for example 0.9.")
  private Optional<Double> fro = Optional.empty();

  @Option(
      names = "--sv-cumulative",
      paramLabel = "X",
      description = "Keep the share X of the sum of singular values.")
  private Optional<Double> cumulative = Optional.empty();

  /**
   * Requires --rank alone.
   *
   * @throws IllegalArgumentException if it is not there, or another option is
   */
  void requireFixed() {
    if (rank.isEmpty() || rank.get() < 1 || dynamic() || kernels()) {
      throw new IllegalArgumentException(
          "--dylora keeps the first directions of all layers; say --rank N, at least 1, and none of"
              + " the --sv rules and --conv-rank");
    }
  }

  /** The rank, after {@link #requireFixed}. */
  int fixed() {
    return rank.orElseThrow();
  }

  /** True if any option is present. */
  boolean given() {
    return rank.isPresent() || dynamic();
  }

  /** True if the rank depends on the singular values. */
  boolean dynamic() {
    return ratio.isPresent() || fro.isPresent() || cumulative.isPresent();
  }

  /** True if the rule needs all singular values of a layer. */
  boolean countsAll() {
    return cumulative.isPresent();
  }

  /** True if convolutions of more than one point have a rule of their own. */
  boolean kernels() {
    return convRank.isPresent();
  }

  /** Refuses to leave out what an adapter has. */
  void requireKernels() {
    if (withoutKernels()) {
      throw new IllegalArgumentException(
          "--conv-rank 0 is for extract, which then leaves kernels out; here it is at least 1");
    }
  }

  /** True if there is a greatest rank. */
  boolean bounded() {
    return rank.isPresent();
  }

  /** True if convolutions of more than one point are left out. */
  boolean withoutKernels() {
    return convRank.filter(r -> r == 0).isPresent();
  }

  /** The rule in words, as sd-scripts calls it; empty if it is a number. */
  String words() {
    return ratio
        .map(x -> "sv_ratio: " + x)
        .or(() -> fro.map(x -> "sv_fro: " + x))
        .or(() -> cumulative.map(x -> "sv_cumulative: " + x))
        .orElse("");
  }

  /**
   * The rules.
   *
   * @param otherwise the default rank
   * @throws IllegalArgumentException if numbers are out of range or there is more than one rule
   */
  RankRules rules(int otherwise) {
    long rules =
        java.util.stream.Stream.of(ratio, fro, cumulative).filter(Optional::isPresent).count();
    if (rules > 1) {
      throw new IllegalArgumentException(
          "--sv-ratio, --sv-fro and --sv-cumulative exclude each other; give one of them");
    }
    if (withoutKernels()) {
      return new RankRules(rule(rank, otherwise), rule(rank, otherwise));
    }
    return new RankRules(rule(rank, otherwise), rule(convRank.or(() -> rank), otherwise));
  }

  private RankRule rule(Optional<Integer> most, int otherwise) {
    Optional<RankRule> dynamic =
        ratio
            .map(x -> RankRule.dynamic(Kind.SV_RATIO, x))
            .or(() -> fro.map(x -> RankRule.dynamic(Kind.SV_FRO, x)))
            .or(() -> cumulative.map(x -> RankRule.dynamic(Kind.SV_CUMULATIVE, x)));
    if (dynamic.isEmpty()) {
      return RankRule.fixed(most.orElse(otherwise));
    }
    return most.map(m -> dynamic.get().atMost(m)).orElse(dynamic.get());
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "rank %s %s", rank, words());
  }
}
