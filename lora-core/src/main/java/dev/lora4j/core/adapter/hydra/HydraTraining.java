package dev.lora4j.core.adapter.hydra;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of HydraLoRA on linear layers: the factor of inputs and the router begin as PyTorch's
 * linear layers do, the heads at 0. The router sees the input without dropout, and all heads the
 * same input with it.
 *
 * @param heads number of factors of outputs
 */
@Extension(
    point = TrainableMethod.class,
    name = HydraMethod.NAME,
    help = "HydraLoRA: a LoRA with several up factors, which a router mixes for each input")
public record HydraTraining(
    @Setting(
            help = "Up factors of each layer, which a router mixes",
            defaultValue = "4",
            min = 1,
            max = HydraMethod.MOST)
        int heads)
    implements TrainableMethod {
  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public boolean merges() {
    return false;
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    long rank = recipe.rank();
    List<TrainedTensor> tensors = new ArrayList<>();
    Shape down = Shape.of(rank, site.in());
    tensors.add(TrainedTensor.ranked(HydraMethod.DOWN, down, 0, new TensorInit.Kaiming()));
    for (int i = 0; i < heads; i++) {
      Shape up = Shape.of(site.out(), rank);
      tensors.add(TrainedTensor.ranked(HydraMethod.head(i), up, 1, TensorInit.ZEROS));
    }
    Shape router = Shape.of(heads, site.in());
    tensors.add(TrainedTensor.of(HydraMethod.ROUTER, router, new TensorInit.Kaiming()));
    return tensors;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return recipe.scale();
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    return layer.output(x).add(change(x, factors.moduleKept()));
  }

  /** All heads in one product: their directions side by side, each with its head's share. */
  private Expr change(Expr x, TrainedFactors factors) {
    DType type = x.dtype();
    int last = x.shape().rank() - 1;
    Expr scale = factors.scale().to(type).reshape(new long[0]);
    Expr inner = factors.dropout().input(x).linear(factors.get(HydraMethod.DOWN, type)).mul(scale);
    Expr mixed = inner.unsqueeze(last).mul(shares(x, factors).unsqueeze(last + 1));
    Dim[] sizes = new Dim[last + 1];
    for (int d = 0; d < last; d++) {
      sizes[d] = x.dim(d);
    }
    sizes[last] = Dim.of(-1);
    List<Expr> ups = new ArrayList<>();
    for (int i = 0; i < heads; i++) {
      ups.add(factors.get(HydraMethod.head(i), type));
    }
    return mixed.reshape(sizes).linear(ShapeOps.cat(ups, 1));
  }

  /** Share of each head in the output, [..., heads]; the softmax is never in half precision. */
  private static Expr shares(Expr x, TrainedFactors factors) {
    Expr logits = x.linear(factors.get(HydraMethod.ROUTER, x.dtype()));
    DType precise = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
    return logits.to(precise).softmax(-1).to(x.dtype());
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    String alpha = Double.toString((float) recipe.storedAlpha(recipe.rank()));
    return List.of(Factors.of(name(), values, Map.of(AdapterMethod.ALPHA, alpha)));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors routed = found.get(0);
    boolean mine =
        found.size() == 1
            && routed.method().equals(HydraMethod.NAME)
            && HydraMethod.headsOf(routed.structure()) == heads;
    if (!mine) {
      return Optional.empty();
    }
    long rank = routed.tensor(HydraMethod.DOWN).shape().size(0);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(routed, rank), routed.tensors()));
  }
}
