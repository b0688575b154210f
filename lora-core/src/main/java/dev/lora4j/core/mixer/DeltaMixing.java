package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs mixers of the kind {@link DeltaMixer}: adapters with weights become one adapter.
 *
 * <p>One parameter is in memory at a time, computed in F32 and rounded once to the type it is
 * stored in. Programs depend on the form of parameters, not on their number. A mixer that gives
 * back the exact sum is left to {@link LowRankAlgebra}. Work ends at an interrupt, between
 * parameters.
 */
public final class DeltaMixing {
  private final Scope scope;
  private final Map<String, Site> sites;
  private long seed;
  private DType stored = DType.F32;
  private Optional<RankRules> asked = Optional.empty();
  private Optional<RankRule> kernels = Optional.empty();
  private TruncationPolicy.Rules otherwise = p -> Optional.empty();
  private boolean uncut;
  private SiteListener listener = SiteListener.NONE;
  private SiteListener surveyed = SiteListener.NONE;

  /**
   * Mixes in {@code scope}, in which nothing stays.
   *
   * @param sites the layers of the base by name
   */
  public DeltaMixing(Scope scope, Map<String, Site> sites) {
    this.scope = scope;
    this.sites = Map.copyOf(sites);
  }

  /** Sets the seed of random numbers; 0 without it. */
  public DeltaMixing seed(long other) {
    seed = other;
    return this;
  }

  /** Sets the type of the result's factors; F32 without it. */
  public DeltaMixing stored(DType type) {
    stored = type;
    return this;
  }

  /** Sets the rank of each layer's change, whatever the mixer's own rule. */
  public DeltaMixing cut(RankRules rules) {
    asked = Optional.of(rules);
    return this;
  }

  /** As above, for convolutions of more than one point alone. */
  public DeltaMixing cutKernels(RankRule rule) {
    kernels = Optional.of(rule);
    return this;
  }

  /**
   * Sets the rank of changes that are no products of two factors, where the mixer has no rule.
   * Without this they are stored whole.
   */
  public DeltaMixing cutWholes(RankRules rules) {
    otherwise = p -> Optional.of(rules.at(p.site()));
    return this;
  }

  /**
   * Sets the rank of changes that are no products of two factors to the sum of the adapters' ranks
   * at each layer, where the mixer has no rule. Where that takes no less room than the change, and
   * an adapter is no LoRA, the change is stored whole.
   */
  public DeltaMixing cutWholes() {
    otherwise = p -> smaller(p, RankRule.fixed(p.rank()));
    return this;
  }

  /**
   * Turns truncation off, whatever the mixer's own rule: a change that is no product is stored
   * whole.
   */
  public DeltaMixing uncut() {
    uncut = true;
    return this;
  }

  /** Sets the listener for the number of parameters done. */
  public DeltaMixing listener(SiteListener other) {
    listener = other;
    return this;
  }

  /**
   * Sets the listener for a mixer's survey of all parameters before they are mixed. Each survey
   * counts from 0.
   */
  public DeltaMixing surveyed(SiteListener other) {
    surveyed = other;
    return this;
  }

  /**
   * Mixes.
   *
   * @param name of the result
   * @return the new adapter, whose metadata has its provenance, and what was lost at the layers
   *     where its change was cut
   * @throws AdapterException if the plan asks for what one change cannot be, the mixer refuses the
   *     adapters, or the result would do nothing
   */
  public TruncatedAdapter mix(String name, DeltaMixer mixer, MixPlan plan) {
    return mix(name, mixer, plan, new MixProvenance(new MixerCode(mixer).text(), plan, seed));
  }

  /**
   * Mixes by the weights of a mixer of weights.
   *
   * @param name of the result
   * @param weights sets the weights of the adapters
   * @param mixer blends the adapters at these
   * @param plan the adapters with the requested weights, which the provenance has
   * @return as above
   * @throws AdapterException as above, and if the weights differ between steps or places
   */
  public TruncatedAdapter mix(String name, WeightMixer weights, DeltaMixer mixer, MixPlan plan) {
    SiteCatalogue catalogue = new SiteCatalogue(sites.values());
    MixProvenance provenance = new MixProvenance(new MixerCode(weights).text(), plan, seed);
    try (Scope work = scope.child("weights")) {
      AdapterDeltas changes = new MeasuredDeltas(work, sites);
      return mix(name, mixer, ConstantPlan.of(weights, plan, catalogue, changes), provenance);
    }
  }

  private TruncatedAdapter mix(
      String name, DeltaMixer mixer, MixPlan plan, MixProvenance provenance) {
    MixerCode code = new MixerCode(mixer);
    Mixture mixture = Mixture.of("the mixer " + code.name(), plan, sites);
    FactorRequirements.check(code.name(), code.call(mixer::needs), mixture);
    List<String> names = mixture.adapters().stream().map(Adapter::name).toList();
    code.call(() -> mixer.refuses(names))
        .ifPresent(
            why -> {
              throw new AdapterException("The mixer " + code.name() + " refuses: " + why);
            });
    TruncationPolicy kept = uncut ? TruncationPolicy.ALL : kept(mixer, code);
    try (Scope work = scope.child(code.name())) {
      MixRun run = new MixRun(work, mixer, code, mixture, seed, surveyed);
      TruncatedAdapter mixed = code.with(work, () -> run.of(name, sites, kept, stored, listener));
      return new TruncatedAdapter(provenance.describe(mixed.adapter()), mixed.sites());
    }
  }

  private TruncationPolicy kept(DeltaMixer mixer, MixerCode code) {
    return new TruncationPolicy(
        matrices(p -> asked(p.site()).or(() -> own(mixer, code, p).flatMap(r -> smaller(p, r)))),
        matrices(p -> asked(p.site()).or(() -> whole(p, own(mixer, code, p)))));
  }

  private static Optional<RankRule> own(
      DeltaMixer mixer, MixerCode code, MixedParameter parameter) {
    return code.call(() -> mixer.truncation(parameter.ranks()));
  }

  private Optional<RankRule> whole(MixedParameter parameter, Optional<RankRule> own) {
    return own.isPresent() ? own.flatMap(r -> smaller(parameter, r)) : otherwise.at(parameter);
  }

  private Optional<RankRule> asked(Site site) {
    return kernels.filter(rule -> site.kernel()).or(() -> asked.map(r -> r.at(site)));
  }

  /** A rule, unless its factors take no less room than the change. */
  private static Optional<RankRule> smaller(MixedParameter parameter, RankRule rule) {
    boolean larger = rule.kind() == RankRule.Kind.FIXED && parameter.wholeIsSmaller(rule.most());
    return larger ? Optional.empty() : Optional.of(rule);
  }

  private static TruncationPolicy.Rules matrices(TruncationPolicy.Rules rules) {
    return p -> p.matrix() ? rules.at(p) : Optional.empty();
  }
}
