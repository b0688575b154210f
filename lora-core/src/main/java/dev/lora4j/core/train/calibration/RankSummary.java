package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.Site;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** End of a sentence about the ranks of layers. */
final class RankSummary {
  /** Number of layers that are named at either end. */
  private static final int NAMED = 3;

  private RankSummary() {}

  static String of(Map<Site, Long> ranks) {
    List<Map.Entry<Site, Long>> order =
        ranks.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    int named = Math.min(NAMED, order.size());
    return String.format(
        Locale.ROOT,
        "at %d layers: mean %.1f; most at %s; least at %s.",
        ranks.size(),
        ranks.values().stream().mapToLong(r -> r).average().orElse(0),
        names(order.subList(0, named)),
        names(order.subList(order.size() - named, order.size())));
  }

  private static String names(List<Map.Entry<Site, Long>> layers) {
    return String.join(
        ", ", layers.stream().map(e -> e.getKey().name() + " (" + e.getValue() + ")").toList());
  }
}
