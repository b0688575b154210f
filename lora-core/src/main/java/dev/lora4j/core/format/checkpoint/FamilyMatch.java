package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Family of layers under canonical names: the family with most of these layers. Layers that the
 * family has too get its stride and padding.
 */
final class FamilyMatch {
  private static final double ENOUGH = 0.5;

  private FamilyMatch() {}

  /** The family that at least half of these layers fit in name and shape; else empty. */
  static Optional<Family> of(List<CheckpointLayer> layers) {
    double best = 0;
    Optional<Family> nearest = Optional.empty();
    for (Family family : Families.all()) {
      double share = share(family, layers);
      if (share > best) {
        best = share;
        nearest = Optional.of(family);
      }
    }
    return best >= ENOUGH ? nearest : Optional.empty();
  }

  /**
   * Twice the common layers by the layers of both, of the models that both have (Dice 1945), so
   * that neither a part of a family nor more than a family looks like all of it.
   */
  private static double share(Family family, List<CheckpointLayer> layers) {
    Map<String, Integer> models = new HashMap<>();
    int common = 0;
    for (CheckpointLayer layer : layers) {
      models.merge(model(layer.site()), 1, Integer::sum);
      common += fits(family, layer.site()) ? 1 : 0;
    }
    long expected = family.sites().all().stream().filter(s -> models.containsKey(model(s))).count();
    return 2.0 * common / (layers.size() + Math.max(1, expected));
  }

  private static boolean fits(Family family, Site site) {
    return family
        .sites()
        .find(site.name())
        .filter(s -> s.weight().equals(site.weight()))
        .isPresent();
  }

  private static String model(Site site) {
    return site.name().substring(0, Math.max(0, site.name().indexOf('.')));
  }

  /** The layers, those of the family's with its strides and paddings. */
  static List<CheckpointLayer> dressed(Family family, List<CheckpointLayer> layers) {
    List<CheckpointLayer> dressed = new ArrayList<>();
    for (CheckpointLayer layer : layers) {
      Site site =
          family
              .sites()
              .find(layer.site().name())
              .map(s -> SiteShapes.with(s, layer.site().weight(), layer.site().bias()))
              .orElse(layer.site());
      dressed.add(new CheckpointLayer(site, layer.weight(), layer.bias()));
    }
    return dressed;
  }
}
