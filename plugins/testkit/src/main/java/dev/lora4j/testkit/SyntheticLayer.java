package dev.lora4j.testkit;

import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A layer of a base of one layer of each kind, with parameters of random numbers. */
record SyntheticLayer(Site site) {
  /** Linear with and without bias, a convolution with a stride and one of a point, and others. */
  private static final List<Site> SITES =
      List.of(
          Site.linear("unet.wide", Shape.of(6, 12), true),
          Site.linear("unet.tall", Shape.of(8, 4), false),
          Site.convolution("unet.kernel", Shape.of(6, 4, 3, 3), 2, 1),
          Site.convolution("unet.point", Shape.of(4, 8, 1, 1), 1, 0),
          Site.embedding("unet.table", 10, 6),
          Site.norm("unet.norm", 6));

  /** The base that has all of them. */
  static final Family BASE =
      Family.of("a base of one layer of each kind", new SiteCatalogue(SITES));

  /** The layers of these kinds. */
  static List<SyntheticLayer> of(Set<Site.Kind> kinds) {
    return SITES.stream()
        .filter(site -> kinds.contains(site.kind()))
        .map(SyntheticLayer::new)
        .toList();
  }

  /** True if it has such a parameter. */
  boolean has(LayerParameter target) {
    return target == LayerParameter.WEIGHT || site.bias();
  }

  /** True if it multiplies its input by its weight. */
  boolean product() {
    return site.kind() == Site.Kind.LINEAR || site.convolution();
  }

  /** The first rows of it as a layer of their own. */
  SyntheticLayer rows(long count) {
    return new SyntheticLayer(
        new Site(
            site.name(),
            site.kind(),
            site.weight().with(0, count),
            site.bias(),
            site.stride(),
            site.padding(),
            site.dilation(),
            site.groups()));
  }

  /** The shape of a parameter. */
  Shape shape(LayerParameter target) {
    return target == LayerParameter.WEIGHT ? site.weight() : Shape.of(site.out());
  }

  /** A parameter, the same each time. */
  HostTensor parameter(LayerParameter target) {
    return numbers(
        shape(target),
        new SplittableRandom(site.name().hashCode() + target.parameter().hashCode()));
  }

  /** An input that the layer may have, of two samples. */
  HostTensor input() {
    SplittableRandom random = new SplittableRandom(site.name().hashCode());
    return site.convolution()
        ? numbers(Shape.of(2, site.in(), 5, 5), random)
        : numbers(Shape.of(2, 3, site.in()), random);
  }

  /** F32, about normal, mean 0 and deviation 0.6. */
  static HostTensor numbers(Shape shape, SplittableRandom random) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        sum += random.nextDouble() - 0.5;
      }
      values[i] = (float) sum;
    }
    return HostTensor.of(shape, values);
  }
}
