package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The denoiser that is trained on: that of the base, or with a training adapter. This runs beside
 * the weights, which stay as they are, where plain LoRA is trained; any other method may depend on
 * weights, so that it is merged into copies of those that it changes. Valid while the scope is open
 * that it was made with.
 */
final class TrainedDenoiser {
  private final DiffusionModel model;
  private final Map<String, Tensor> merged;
  private final Optional<UnmergedAdapters> beside;
  private final Map<String, Tensor> factors;

  private TrainedDenoiser(
      DiffusionModel model,
      Map<String, Tensor> merged,
      Optional<UnmergedAdapters> beside,
      Map<String, Tensor> factors) {
    this.model = model;
    this.merged = merged;
    this.beside = beside;
    this.factors = factors;
  }

  /** The base as it is. */
  static TrainedDenoiser alone(DiffusionModel model) {
    return new TrainedDenoiser(model, Map.of(), Optional.empty(), Map.of());
  }

  /**
   * The base with an adapter.
   *
   * @param scope owner of factors and merged weights
   * @param recipe of what is trained
   * @throws dev.lora4j.core.adapter.AdapterException if the adapter does not fit the base
   */
  static TrainedDenoiser with(
      Scope scope, DiffusionModel model, TrainingAdapter adapter, AdapterRecipe recipe) {
    requireStart(recipe);
    Route route = plain(recipe) ? Route.UNMERGED : Route.MERGED;
    MixPlan plan = MixPlan.of(adapter.adapter(), adapter.weight()).route(route);
    BatchMix mix = new BatchMix(List.of(plan), model.sites(), model.denoiser().component());
    MergedParameter patch = new MergedParameter(scope);
    Map<String, Tensor> merged =
        mix.mergedSites(scope, patch, model.denoiserWeights(), 0).at(plan.at(0, 1));
    Set<String> sites = mix.unmergedSites();
    if (sites.isEmpty()) {
      return new TrainedDenoiser(model, merged, Optional.empty(), Map.of());
    }
    // What is computed in F64 is read from factors of F32.
    DType type = model.compute() == DType.F64 ? DType.F32 : model.compute();
    Map<String, Tensor> factors = new HashMap<>(mix.factors(scope, patch, type));
    float[] weights = mix.weights(List.of(0), 0, 1);
    factors.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(1, mix.columns()), weights));
    return new TrainedDenoiser(
        model, merged, Optional.of(new UnmergedAdapters(sites, type)), factors);
  }

  /** LoftQ makes up for the rounding of weights that the adapter is no part of. */
  private static void requireStart(AdapterRecipe recipe) {
    if (recipe.start() == FactorInit.LOFTQ) {
      throw new IllegalArgumentException(
          "adapter.init = loftq makes up for the rounding of the base alone, and a training adapter"
              + " is active. Take another init, or the training adapter away.");
    }
  }

  /** True if nothing of a recipe looks at weights. */
  private static boolean plain(AdapterRecipe recipe) {
    boolean drawn =
        Set.of(FactorInit.KAIMING, FactorInit.GAUSSIAN, FactorInit.ORTHOGONAL)
            .contains(recipe.start());
    return recipe.method() instanceof LoraTraining && drawn && !recipe.calibrates();
  }

  /** The weights as a program takes them. */
  FrozenWeights weights() {
    Map<String, WeightForm> forms = new HashMap<>(model.denoiserWeights().forms());
    forms.keySet().removeAll(merged.keySet());
    return new FrozenWeights(model.compute(), "", forms);
  }

  /** Wrapper of a program's adapters that puts this one below them, for all of its networks. */
  UnaryOperator<LayerAdapters> below(Graph graph) {
    if (beside.isEmpty()) {
      return adapters -> adapters;
    }
    SiteAdapters own = beside.get().declareHeld(graph);
    return adapters -> (layer, x) -> adapters.around(with(own, layer), x);
  }

  private static SiteLayer with(SiteAdapters own, SiteLayer layer) {
    return new SiteLayer(
        layer.site(), layer.weight(), layer.bias(), new AdaptedFormula(own, layer), layer.use());
  }

  /** The formula of a layer with an adapter beside its weight. */
  private record AdaptedFormula(SiteAdapters own, SiteLayer layer) implements SiteLayer.Formula {
    @Override
    public Expr apply(Expr x, Expr weight, Optional<Expr> bias) {
      return own.adapt(layer.site(), x, layer.formula().apply(x, weight, bias));
    }

    @Override
    public SiteLayer.Formula linear() {
      return layer.formula().linear();
    }
  }

  /** A tensor of the adapter, or a weight with it, by the name of the held input. */
  Optional<Tensor> held(String name) {
    return Optional.ofNullable(merged.get(name)).or(() -> Optional.ofNullable(factors.get(name)));
  }
}
