package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/**
 * A LoRA of the centroids of the adapters' rank units (Zhao et al., "Merging LoRAs like Playing
 * LEGO", ICLR 2025). A centroid gets the mean length of its units, since a mean is shorter than
 * what it is of; the whole is multiplied by the root of the adapters' mean rank divided by the
 * number of centroids. Biases and norms, which have no units, are the mean.
 */
@Extension(
    point = Mixer.class,
    name = "lego",
    help = "A LoRA of the means of similar rank units of all adapters.")
public record LegoMixer(
    @Setting(
            help = "number of clusters, which is the rank of the result",
            defaultValue = "16",
            min = 1,
            max = 256)
        int rank,
    @Setting(help = "steps of k-means", defaultValue = "20", min = 1, max = 100) int steps)
    implements DeltaMixer {
  /** A shorter centroid has no direction. */
  private static final double NOTHING = 1e-12;

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<SiteDelta> parts = deltas.parts();
    if (parts.get(0).delta().shape().rank() != 2) {
      return new MixedDelta.Dense(
          parts.stream()
              .map(SiteDelta::weighted)
              .reduce(Expr::add)
              .orElseThrow()
              .div(parts.size()));
    }
    if (parts.stream().anyMatch(part -> part.factors().isEmpty())) {
      throw new IllegalArgumentException(
          "it clusters the directions of LoRAs, and an adapter has a layer that is no product of"
              + " two factors; take another mixer, or make a LoRA of that adapter by resize");
    }
    RankUnits units = RankUnits.of(parts);
    UnitClusters clusters = new UnitClusters(units.numbers(), rank, steps);
    Expr centroids = clusters.centroids();
    Expr length = RankUnits.length(centroids);
    Expr direction = centroids.div(length.clampMin(NOTHING)).maskedFill(length.lt(NOTHING), 0);
    Expr share = units.count().div(parts.size()).div(clusters.used().clampMin(1)).sqrt();
    // Both factors have the root of it, so that their lengths stay equal.
    Expr scaled = direction.mul(clusters.meanLengths()).mul(share.sqrt());
    return new MixedDelta.Product(units.product(scaled.to(DType.F64)));
  }
}
