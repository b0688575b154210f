package dev.lora4j.server.lorax;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A strategy of {@code merged_adapters}: the combination of PEFT's {@code add_weighted_adapter} of
 * that name. Each mixes the numbers of the factors themselves, so that of several adapters there
 * are also products of one's up with another's down. None of them, {@code linear} included, is
 * therefore the weighted adapters side by side.
 */
enum MergeStrategy {
  LINEAR("task-arithmetic:of=factors", false, false),
  TIES("ties:of=factors,trim=tensor", true, true),
  DARE_LINEAR("dare-linear:of=factors", true, false),
  DARE_TIES("dare-ties:of=factors", true, true);

  private final String mixer;
  private final boolean sparse;
  private final boolean elects;

  MergeStrategy(String mixer, boolean sparse, boolean elects) {
    this.mixer = mixer;
    this.sparse = sparse;
    this.elects = elects;
  }

  /** The strategy of a name; empty if there is none. */
  static Optional<MergeStrategy> named(String name) {
    return Arrays.stream(values()).filter(one -> one.field().equals(name)).findFirst();
  }

  /** All names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(MergeStrategy::field).collect(Collectors.joining(", "));
  }

  private String field() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns true if it keeps a share of the numbers, so that it needs a density. */
  boolean sparse() {
    return sparse;
  }

  /**
   * The request of the mixer, as {@code merge --mixer} takes it.
   *
   * @param density share of the numbers that stays
   * @param frequency true to elect the sign of most, else that of the sum
   */
  String mixer(double density, boolean frequency) {
    return mixer
        + (elects ? ",election=" + (frequency ? "plain_count" : "plain_sum") : "")
        + (sparse ? ",density=" + density : "");
  }
}
