package dev.lora4j.core.adapter.boft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.oft.BlockProduct;
import dev.lora4j.core.adapter.oft.Cayley;
import dev.lora4j.core.adapter.oft.RotatedLayer;
import dev.lora4j.core.adapter.oft.RotationTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Training of PEFT's BOFT, which begins without a rotation and with factors of 1 by output. Inputs
 * of linear layers are rotated themselves; of convolutions the weight is. Rank and alpha are of no
 * meaning.
 *
 * @param size inputs that are rotated together in a stage
 * @param stages how often they are rotated
 */
@Extension(
    point = TrainableMethod.class,
    name = PeftBoftTraining.NAME,
    help = "BOFT as PEFT has it: inputs rotated in stages of a butterfly")
public record PeftBoftTraining(
    @Setting(
            name = "boft_block_size",
            help = "Inputs that are rotated together",
            defaultValue = "4",
            min = 2)
        int size,
    @Setting(
            name = "boft_n_butterfly_factor",
            help = "Stages, in each of which other inputs come together",
            defaultValue = "1",
            min = 1,
            max = 30)
        int stages)
    implements RotationTraining {
  /** Its name in requests; {@link PeftBoftMethod} reads what it trains. */
  public static final String NAME = "boft";

  private static final String ROTATIONS = PeftBoftMethod.ROTATIONS;
  private static final String OUTPUTS = PeftBoftMethod.OUTPUTS;

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    Shape shape = Shape.of(stages, site.rest() / size, size, size);
    boolean whole = site.groups() == 1 && site.rest() % size == 0;
    if (!whole || !PeftBoftMethod.shuffles(shape, site.rest())) {
      throw new IllegalArgumentException(
          "BOFT rotates inputs in blocks of boft_block_size = "
              + size
              + " and, with several stages, needs an even size of which 2^(stages - 1) times the"
              + " size divides them; "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + (site.groups() > 1 ? "groups of inputs" : site.rest() + " for each output")
              + " and boft_n_butterfly_factor is "
              + stages
              + "; leave it out, or take other sizes");
    }
    return List.of(
        TrainedTensor.of(ROTATIONS, shape, TensorInit.ZEROS),
        TrainedTensor.of(OUTPUTS, Shape.of(site.out(), 1), new TensorInit.Constant(1)));
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Expr turn = Cayley.turn(Cayley.backward(Cayley.skew(factors.get(ROTATIONS)).mul(0.5)));
    Site site = layer.site();
    // Inputs meet the last stage first, the weight meets the first one.
    UnaryOperator<Expr> inputs = rows -> turned(rows, turn, true).sub(rows);
    UnaryOperator<Expr> weights = rows -> turned(rows, turn.transpose(2, 3), false).sub(rows);
    Expr y = RotatedLayer.output(layer.withoutBias(), x, factors, inputs, weights);
    Expr growth = factors.kept(factors.get(OUTPUTS).reshape(1, -1).sub(1));
    Expr scaled = y.add(y.mul(LayerMath.perChannel(site, growth.to(y.dtype()), y)));
    return layer
        .bias()
        .map(bias -> scaled.add(LayerMath.perChannel(site, bias.reshape(1, -1), scaled)))
        .orElse(scaled);
  }

  /**
   * Rows through all stages.
   *
   * @param turn [stages, n, size, size], each without the unit matrix
   */
  private Expr turned(Expr rows, Expr turn, boolean backward) {
    Expr result = rows;
    for (int i = 0; i < stages; i++) {
      int stage = backward ? stages - 1 - i : i;
      Expr blocks = turn.select(0, stage).to(rows.dtype());
      // The first stage moves nothing, whatever the size.
      Expr change =
          stage == 0
              ? BlockProduct.of(result, blocks)
              : swapped(BlockProduct.of(swapped(result, 2, 1L << stage), blocks), 1L << stage, 2);
      result = result.add(change);
    }
    return result;
  }

  /** Half-blocks of the last dimension as [..., first, second], those two exchanged. */
  private Expr swapped(Expr rows, long first, long second) {
    long groups = rows.shape().size(-1) / (first * second * (size / 2));
    Expr apart = rows.reshape(-1, groups, first, second, size / 2);
    return apart.transpose(2, 3).reshape(Dim.all(rows));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(PeftBoftMethod.NAME, values, Map.of()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors all = found.get(0);
    if (found.size() > 1 || !all.method().equals(PeftBoftMethod.NAME)) {
      return Optional.empty();
    }
    Shape shape = all.tensor(ROTATIONS).shape();
    return shape.size(0) == stages && shape.size(2) == size
        ? Optional.of(WarmStartFactors.of(SiteRecipe.of(all, 1), all.tensors()))
        : Optional.empty();
  }
}
