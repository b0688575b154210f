package dev.lora4j.core.adapter.training;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.ExtensionName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The training of one method of adapting, with its settings. An extension point; implementations
 * are values: records of their settings.
 *
 * <p>What it writes are the factors of an {@link dev.lora4j.core.adapter.AdapterMethod}, so that
 * every reader, writer and mix that knows these knows what was trained.
 */
public interface TrainableMethod extends Canonical {
  /** Name in requests, for example {@code lora}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** The kinds of layers that it trains. */
  Set<Site.Kind> kinds();

  /** The kinds of dropout that this method supports. */
  Set<DropoutKind> dropouts();

  /** Initialisations that this method offers; {@link FactorInit#KAIMING} is the default. */
  default Set<FactorInit> starts() {
    return Set.of(FactorInit.KAIMING);
  }

  /**
   * The tensors to train at a layer, always in the same order.
   *
   * @throws IllegalArgumentException if {@code recipe} cannot be followed at this layer
   */
  List<TrainedTensor> tensors(Site site, SiteRecipe recipe);

  /**
   * Tensors that the program at a layer reads and no step changes, by part: for example places in
   * the weight. A warm start may give others of their shapes.
   *
   * @throws IllegalArgumentException if {@code recipe} cannot be followed at this layer
   */
  default SortedMap<String, HostTensor> fixed(Site site, SiteRecipe recipe) {
    return new TreeMap<>();
  }

  /**
   * The parts, trained or {@link #fixed}, that are stored as they are, in their own type; others
   * are rounded to the type of the file. None by default.
   */
  default Set<String> unrounded() {
    return Set.of();
  }

  /**
   * Tensors that no step changes and layers share, by part; none by default.
   *
   * @param layers all layers of the method
   * @throws IllegalArgumentException if their recipes cannot be followed together
   */
  default SortedMap<String, SharedTensor> shared(Map<Site, SiteRecipe> layers) {
    return new TreeMap<>();
  }

  /**
   * {@link #fixed(Site, SiteRecipe)} of a method whose layers share tensors.
   *
   * @param shared all of {@link #shared}
   */
  default SortedMap<String, HostTensor> fixed(
      Site site, SiteRecipe recipe, Map<String, SharedTensor> shared) {
    return fixed(site, recipe);
  }

  /** Scale of the effect at a layer; 1 for methods without a scale. */
  double scale(Site site, SiteRecipe recipe);

  /** Returns true if weights can have its effect; false where that depends on the layer's input. */
  default boolean merges() {
    return true;
  }

  /** Returns true if each step trains something that it draws by {@link TrainedFactors#draw}. */
  default boolean draws() {
    return false;
  }

  /**
   * Returns true if what it trains depends on how much noise there is ({@link
   * TrainedFactors#progress}), so that only pictures can be learned with it.
   */
  default boolean followsDenoising() {
    return false;
  }

  /**
   * The output of a layer with the factors as they are.
   *
   * @param x the layer's input
   * @return in the type of the layer's output
   */
  Expr apply(SiteLayer layer, Expr x, TrainedFactors factors);

  /**
   * The trained factors, which have the same effect on the untouched base.
   *
   * @param values by part, in F32; those of anchored tensors also under {@link
   *     TrainedTensor#anchor}, as they began, and {@link #fixed} ones as they are
   */
  List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values);

  /**
   * Arguments that select this method in LyCORIS's network module, including {@code algo}, with
   * values as Python writes them. Headers record them.
   */
  default SortedMap<String, String> lycorisArguments() {
    return new TreeMap<>(Map.of("algo", name()));
  }

  /**
   * A term of the loss of training for one layer, a scalar in the type of the factors; the mean
   * over the layers is added to the loss. None by default.
   *
   * @param factors as they are trained, without dropout
   */
  default Optional<Expr> penalty(Site site, TrainedFactors factors) {
    return Optional.empty();
  }

  /**
   * What changes the factors after each step; nothing by default.
   *
   * @throws IllegalArgumentException if it cannot be done in such a run
   */
  default Optional<StepRule> rule(StepRule.Run run) {
    return Optional.empty();
  }

  /**
   * The elements of the factors that are kept at 0 in a run; none by default.
   *
   * @throws IllegalArgumentException if it cannot be done in such a run
   */
  default Optional<MaskRule> mask(StepRule.Run run) {
    return Optional.empty();
  }

  /**
   * The directions of the factors that are trained in a run; all of them by default.
   *
   * @throws IllegalArgumentException if it cannot be done in such a run
   */
  default Optional<DirectionRule> directions(StepRule.Run run) {
    return Optional.empty();
  }

  /**
   * Rank of the factors that are stored for a recipe, where these have a rank; by default that of
   * the recipe. Factors of a difference to the first ones have twice as much.
   */
  default long storedRank(SiteRecipe recipe) {
    return recipe.rank();
  }

  /** Entries of its own in headers of adapters that it trains; none by default. */
  default SortedMap<String, String> headerEntries() {
    return new TreeMap<>();
  }

  /**
   * The inverse of {@link #factors}: recipe and initial values of a layer with these factors, for a
   * warm start. The caller verifies that they yield the same factors.
   *
   * @param found all that an adapter has at the layer
   * @return empty if this method with its settings has not trained them; by default for all
   * @throws IllegalArgumentException with the reason if it trains no adapter further, and with what
   *     to do instead
   */
  default Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return Optional.empty();
  }

  /** Canonical text: by default the name of the class, with the components of a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
