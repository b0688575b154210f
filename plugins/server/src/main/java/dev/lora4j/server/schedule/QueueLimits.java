package dev.lora4j.server.schedule;

import java.util.Map;

/**
 * Bounds and weights of a queue.
 *
 * @param entries greatest number of entries that wait
 * @param entriesPerTenant greatest number of entries of one tenant that wait
 * @param overtakes how often the entry whose turn it is may be overtaken by others that fit into a
 *     batch, before nothing more joins that batch
 * @param weights shares of tenants in relation to each other; 1 for those without
 */
public record QueueLimits(
    int entries, int entriesPerTenant, int overtakes, Map<String, Double> weights) {
  /** Room for 1,024 entries, 256 of one tenant; 32 overtakes; equal shares. */
  public static final QueueLimits DEFAULT = new QueueLimits(1024, 256, 32, Map.of());

  /** Copies its map. */
  public QueueLimits {
    if (entries < 1 || entriesPerTenant < 1 || overtakes < 0) {
      throw new IllegalArgumentException(
          "A queue needs room for 1 entry and 0 overtakes at least; found "
              + entries
              + ", "
              + entriesPerTenant
              + " per tenant and "
              + overtakes
              + " overtakes.");
    }
    weights = Map.copyOf(weights);
    weights.forEach(
        (tenant, weight) -> {
          if (!(weight > 0) || weight.isInfinite()) {
            throw new IllegalArgumentException(
                "The weight of tenant " + tenant + " has to be above 0; found " + weight + ".");
          }
        });
  }

  /** These limits with room for another number of entries. */
  public QueueLimits withEntries(int count) {
    return new QueueLimits(count, entriesPerTenant, overtakes, weights);
  }

  /** These limits with room for another number of entries of one tenant. */
  public QueueLimits withEntriesPerTenant(int count) {
    return new QueueLimits(entries, count, overtakes, weights);
  }

  /** These limits with another number of overtakes. */
  public QueueLimits withOvertakes(int count) {
    return new QueueLimits(entries, entriesPerTenant, count, weights);
  }

  /** These limits with other weights. */
  public QueueLimits withWeights(Map<String, Double> shares) {
    return new QueueLimits(entries, entriesPerTenant, overtakes, shares);
  }

  double weight(String tenant) {
    return weights.getOrDefault(tenant, 1.0);
  }
}
