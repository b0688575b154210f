package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of PEFT's OFT, which begins without a rotation. Inputs of linear layers are rotated
 * themselves, so that no weight needs a gradient; of convolutions the weight is, as PEFT merges it.
 * Rank and alpha are of no meaning.
 *
 * @param size inputs that are rotated together; the nearest divisor at layers that it does not
 *     divide
 * @param series whether the rotation is a {@linkplain Cayley#series series}
 * @param terms of the series
 * @param shared whether all blocks have one rotation
 */
@Extension(
    point = TrainableMethod.class,
    name = OftMethod.NAME,
    help = "OFT as PEFT has it: blocks of inputs, rotated")
public record OftTraining(
    @Setting(
            name = "oft_block_size",
            help = "Inputs that are rotated together, or the nearest divisor",
            defaultValue = "32",
            min = 2)
        int size,
    @Setting(
            name = "use_cayley_neumann",
            help = "The rotation is a series, which takes less time than the exact one",
            defaultValue = "true")
        boolean series,
    @Setting(
            name = "num_cayley_neumann_terms",
            help = "Terms of the series",
            defaultValue = "5",
            min = 2,
            max = OftMethod.MOST_TERMS)
        int terms,
    @Setting(
            name = "block_share",
            help = "All blocks of a layer have one rotation",
            defaultValue = "false")
        boolean shared)
    implements RotationTraining {
  private static final String VECTORS = OftMethod.VECTORS;

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    long block = BlockSize.nearest(site.rest(), size);
    if (site.groups() > 1 || block < 2) {
      throw new IllegalArgumentException(
          "OFT rotates inputs in blocks, and "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + (site.groups() > 1
                  ? "groups of inputs"
                  : site.rest()
                      + " inputs, which no size near oft_block_size = "
                      + size
                      + " divides")
              + "; leave it out");
    }
    Shape shape = Shape.of(shared ? 1 : site.rest() / block, pairs(block));
    return List.of(TrainedTensor.of(VECTORS, shape, TensorInit.ZEROS));
  }

  private static long pairs(long block) {
    return block * (block - 1) / 2;
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Expr skew = OftMethod.skew(factors.get(VECTORS));
    Expr turn = Cayley.turn(series ? Cayley.series(skew, terms) : Cayley.backward(skew));
    return RotatedLayer.output(
        layer,
        x,
        factors,
        rows -> BlockProduct.of(rows, turn.to(rows.dtype())),
        rows -> BlockProduct.of(rows, turn.transpose(1, 2).to(rows.dtype())));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(name(), values, settings()));
  }

  private SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(OftMethod.SHARED, Boolean.toString(shared));
    settings.put(OftMethod.SERIES, Boolean.toString(series));
    if (series) {
      settings.put(OftMethod.TERMS, Integer.toString(terms));
    }
    return settings;
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors vectors = found.get(0);
    boolean mine =
        found.size() == 1
            && vectors.method().equals(name())
            && vectors.settings().equals(settings())
            && vectors.tensor(VECTORS).shape().size(1)
                == pairs(BlockSize.nearest(site.rest(), size));
    return mine
        ? Optional.of(WarmStartFactors.of(SiteRecipe.of(vectors, 1), vectors.tensors()))
        : Optional.empty();
  }
}
