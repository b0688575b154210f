package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.MersenneTwister;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * Training of LoRA-FA (Zhang et al. 2023): the down factors are drawn once and never trained, so
 * that a step needs no gradient of them and no state of the optimizer.
 *
 * <p>They depend on the seed, the layer's name and its sizes alone, not on the run: adapters of the
 * same rank for one base share them.
 *
 * @param seed of the down factors
 */
@Extension(
    point = TrainableMethod.class,
    name = "lora-fa",
    help = "LoRA-FA: LoRA whose down factors are random and stay as they are")
public record LoraFaTraining(
    @Setting(name = "random_seed", help = "Seed of the down factors", defaultValue = "0") int seed)
    implements FrozenDownTraining {
  private static final int BITS = 24;

  /** Uniform with the bound of LoRA's own start, 1 / sqrt(inputs of a row). */
  @Override
  public HostTensor down(Site site, SiteRecipe recipe) {
    Shape shape = LowRank.down(site, recipe.rank());
    float[] values = new float[Math.toIntExact(shape.elements())];
    double bound = 1 / Math.sqrt(shape.elements() / (double) shape.size(0));
    MersenneTwister random = new MersenneTwister(31 * seed + site.name().hashCode());
    for (int i = 0; i < values.length; i++) {
      double uniform = (random.next() >>> (Integer.SIZE - BITS)) / (double) (1 << BITS);
      values[i] = (float) ((uniform * 2 - 1) * bound);
    }
    return HostTensor.of(shape, values);
  }
}
