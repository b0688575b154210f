package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Divisors;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.training.FactorInit;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of LyCORIS's diag-oft, which begins without a rotation. Outputs are rotated themselves,
 * before the bias, so that no weight needs a gradient. The rank is the size of the blocks, as far
 * as it divides the outputs; alpha is of no meaning.
 *
 * @param constraint limit of the skew matrices' length by output; 0 for none
 * @param rescaled whether each output is multiplied by a trained number too
 */
@Extension(
    point = TrainableMethod.class,
    name = DiagOftMethod.NAME,
    help = "OFT as LyCORIS has it: blocks of outputs, rotated")
public record DiagOftTraining(
    @Setting(
            help = "Limit of the length of what is trained, by output; 0 for none",
            defaultValue = "0",
            min = 0)
        double constraint,
    @Setting(help = "Multiply each output by a trained number too", defaultValue = "false")
        boolean rescaled)
    implements RotationTraining {
  private static final String BLOCKS = LycorisRotation.BLOCKS;
  private static final String RESCALE = LycorisRotation.RESCALE;

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    long size = size(site, recipe.rank());
    if (size < 2) {
      throw new IllegalArgumentException(
          "OFT rotates outputs in blocks, and the "
              + site.out()
              + " of "
              + site.name()
              + " cannot be divided; leave it out");
    }
    Shape shape = Shape.of(site.out() / size, size, size);
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);
    List<TrainedTensor> tensors = new ArrayList<>();
    tensors.add(new TrainedTensor(BLOCKS, shape, any, TensorInit.ZEROS, false));
    if (rescaled) {
      TensorInit one = new TensorInit.Constant(1);
      tensors.add(TrainedTensor.of(RESCALE, Shape.of(site.out(), 1), one));
    }
    return tensors;
  }

  /** LyCORIS's size of blocks, but where that is 1 and nothing would turn. */
  private static long size(Site site, long rank) {
    long size = Divisors.smaller(site.out(), rank);
    return size > 1 ? size : Divisors.smaller(site.out(), -1);
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    SortedMap<String, String> arguments = RotationTraining.super.lycorisArguments();
    if (constraint > 0) {
      arguments.put("constraint", Double.toString(constraint));
    }
    if (rescaled) {
      arguments.put("rescaled", "True");
    }
    return arguments;
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    Expr plain = layer.withoutBias().output(x);
    Expr y = site.convolution() ? plain.moveDim(1, -1) : plain;
    Expr skew = limited(site, Cayley.skew(factors.get(BLOCKS)));
    Expr turn = Cayley.turn(Cayley.forward(skew)).to(y.dtype());
    Expr turned = y.add(factors.kept(BlockProduct.of(y, turn)));
    Expr scaled =
        factors
            .find(RESCALE)
            .map(s -> factors.kept(s.reshape(-1).sub(1)).to(y.dtype()))
            .map(growth -> turned.add(turned.mul(growth)))
            .orElse(turned);
    Expr out = site.convolution() ? scaled.moveDim(-1, 1) : scaled;
    return layer
        .bias()
        .map(bias -> out.add(LayerMath.perChannel(site, bias.reshape(1, -1), out)))
        .orElse(out);
  }

  /** Skew matrices shortened to the limit, all together. */
  private Expr limited(Site site, Expr skew) {
    if (constraint == 0) {
      return skew;
    }
    // Files hold the limit in F32.
    double limit = (float) constraint * (double) site.out();
    return skew.mul(skew.norm().add(1e-8).reciprocal().mul(limit).clamp(0, 1));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    String limit = Double.toString((float) constraint);
    return List.of(Factors.of(name(), values, Map.of(AdapterMethod.ALPHA, limit)));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors blocks = found.get(0);
    Optional<HostTensor> matrices = Optional.ofNullable(blocks.tensors().get(BLOCKS));
    boolean mine =
        found.size() == 1
            && blocks.method().equals(name())
            && matrices.isPresent()
            && blocks.tensors().containsKey(RESCALE) == rescaled
            && blocks.structure().number(AdapterMethod.ALPHA) == (float) constraint;
    if (!mine) {
      return Optional.empty();
    }
    long size = matrices.get().shape().size(1);
    return size(site, size) == size
        ? Optional.of(
            WarmStartFactors.of(
                new SiteRecipe(size, size, false, FactorInit.KAIMING),
                new TreeMap<>(blocks.tensors())))
        : Optional.empty();
  }
}
