package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.lowrank.GramDecomposer.Decomposed;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Arithmetic of adapters by their factors. The change of a weight is not formed for methods that
 * have a low-rank form; those that have none are taken as a product with the identity. Sums of them
 * are formed, one layer at a time.
 *
 * <p>All is exact up to rounding: sums are formed in F32, decompositions in F64 (see {@link Gram}),
 * and the results are rounded once to the type they are stored in. Sites of the same shape and rank
 * are computed together.
 */
public final class LowRankAlgebra {
  /** Sites that are added up on the heap between two looks at an interrupt. */
  private static final int AT_ONCE = 32;

  private final Scope scope;
  private final Map<String, Site> sites;
  private final FactorStacker stacker;
  private final GramDecomposer decomposer;
  private SiteListener listener = SiteListener.NONE;

  /**
   * Compiles its programs in {@code scope}, when they are first needed.
   *
   * @param sites the layers of the base by name
   */
  public LowRankAlgebra(Scope scope, Map<String, Site> sites) {
    this.scope = scope;
    this.sites = Map.copyOf(sites);
    this.stacker = new FactorStacker(scope);
    this.decomposer = new GramDecomposer(scope);
  }

  /** Sets the listener for progress. */
  public LowRankAlgebra listener(SiteListener other) {
    listener = other;
    return this;
  }

  /**
   * The exact weighted sum as one LoRA: at each site the factors of all terms side by side, so that
   * its rank is the sum of theirs. What all have in common of their weights and scales goes into
   * alpha; a site with a single term keeps its factors to the bit, if {@code stored} is their type.
   *
   * <p>Where a term is of another method and the factors would take as much room as the change
   * itself, that is stored whole; what is there alone with weight 1 keeps its form.
   *
   * @throws AdapterException if a term has no change of its own, or the sum would do nothing
   */
  public Adapter sum(String name, List<Term> terms, DType stored) {
    SumPlan plan = SumPlan.of(terms, sites);
    Map<String, List<Factors>> result = new HashMap<>(FullRankSums.of(scope, plan, stored));
    List<SiteSum> wholes = plan.products().stream().filter(SiteSum::whole).toList();
    List<SiteSum> here = plan.products().stream().filter(s -> HostSums.takes(s, stored)).toList();
    List<SiteSum> others =
        plan.products().stream().filter(s -> !s.whole() && !HostSums.takes(s, stored)).toList();
    for (int at = 0; at < here.size(); at += AT_ONCE) {
      List<SiteSum> some = here.subList(at, Math.min(here.size(), at + AT_ONCE));
      requireGoOn();
      List<Factors> sums = some.parallelStream().map(s -> HostSums.of(s, stored)).toList();
      for (int i = 0; i < sums.size(); i++) {
        FullRankSums.put(result, some.get(i).site().name(), sums.get(i));
      }
      listener.done(at + some.size(), plan.products().size());
    }
    each(
        others,
        here.size(),
        plan.products().size(),
        (work, batch) -> {
          HostTensor down = HostTensor.of(batch.down().to(work, stored));
          HostTensor up = HostTensor.of(batch.up().to(work, stored));
          for (int i = 0; i < batch.sums().size(); i++) {
            SiteSum sum = batch.sums().get(i);
            Factors one = SiteFactors.of(sum.site(), i, down, up, sum.rank(), sum.share());
            FullRankSums.put(result, sum.site().name(), one);
          }
        });
    int done = here.size() + others.size();
    try (Scope work = scope.child("wholes")) {
      DenseSums dense = new DenseSums(work, stored);
      for (SiteSum sum : wholes) {
        requireGoOn();
        FullRankSums.put(result, sum.site().name(), dense.of(sum));
        listener.done(++done, plan.products().size());
      }
    }
    return new Adapter(name, result, Map.of());
  }

  /**
   * The weighted sum cut to a rank at each site: of all LoRAs of that rank the one nearest to the
   * sum (Eckart and Young 1936). The rows of down are orthonormal, the columns of up orthogonal,
   * and the scale is that of the term that counts most. Changes of biases and norms stay whole.
   *
   * <p>With one term of weight 1 this is resizing; with a rank as great as the term's it makes the
   * factors orthogonal and changes nothing else.
   *
   * @throws AdapterException if a term has no change of its own, or the sum would do nothing
   */
  public TruncatedAdapter truncate(String name, List<Term> terms, RankRule rule, DType stored) {
    return truncate(name, terms, RankRules.same(rule), stored);
  }

  /**
   * The adapter with factors in canonical form: rows of down orthonormal, columns of up orthogonal
   * with the singular values as lengths, without directions that add nothing. The change stays.
   */
  public TruncatedAdapter orthogonal(Adapter adapter, DType stored) {
    return truncate(
        adapter.name(),
        List.of(new Term(adapter, 1)),
        RankRule.dynamic(RankRule.Kind.PRESENT, 0),
        stored);
  }

  /** {@link #truncate(String, List, RankRule, DType)} with a rule for each kind of site. */
  public TruncatedAdapter truncate(String name, List<Term> terms, RankRules rules, DType stored) {
    return truncate(name, terms, rules::at, stored);
  }

  /** {@link #truncate(String, List, RankRule, DType)} with a rule for each site. */
  public TruncatedAdapter truncate(
      String name, List<Term> terms, Function<Site, RankRule> rules, DType stored) {
    SumPlan plan = SumPlan.of(terms, sites);
    Map<String, List<Factors>> result = new HashMap<>(FullRankSums.of(scope, plan, stored));
    SortedMap<String, SiteTruncation> done = new TreeMap<>();
    each(
        plan,
        (work, batch) -> {
          Decomposed all = decomposer.decompose(work, batch.down(), batch.up());
          int[] ranks = new int[batch.sums().size()];
          int most = 1;
          for (int i = 0; i < ranks.length; i++) {
            RankRule rule = rules.apply(batch.sums().get(i).site());
            ranks[i] = rule.rank(all.spectra().get(i));
            most = Math.max(most, ranks[i]);
          }
          List<HostTensor> pair = decomposer.cut(all, most, stored);
          for (int i = 0; i < ranks.length; i++) {
            SiteSum sum = batch.sums().get(i);
            Factors one =
                SiteFactors.of(sum.site(), i, pair.get(0), pair.get(1), ranks[i], sum.share());
            FullRankSums.put(result, sum.site().name(), one);
            Spectrum spectrum = all.spectra().get(i).times(sum.share());
            done.put(sum.site().name(), new SiteTruncation(spectrum, ranks[i]));
          }
        });
    if (plan.rest().isEmpty() && done.values().stream().allMatch(s -> s.spectrum().norm() == 0)) {
      throw new AdapterException("The changes that make up " + name + " cancel; it does nothing.");
    }
    return new TruncatedAdapter(new Adapter(name, result, Map.of()), done);
  }

  /** The singular values of a weighted sum at each site where it is a product of factors. */
  public SortedMap<String, Spectrum> spectra(List<Term> terms) {
    SortedMap<String, Spectrum> all = new TreeMap<>();
    each(
        SumPlan.of(terms, sites),
        (work, batch) -> {
          List<Spectrum> spectra = decomposer.decompose(work, batch.down(), batch.up()).spectra();
          for (int i = 0; i < spectra.size(); i++) {
            SiteSum sum = batch.sums().get(i);
            all.put(sum.site().name(), spectra.get(i).times(sum.share()));
          }
        });
    return all;
  }

  /** Compares two adapters site by site. */
  public Comparison compare(Adapter a, Adapter b) {
    return compare(a, b, 1);
  }

  /**
   * Likewise, with the overlap of the directions alone that hold most of each change.
   *
   * @param energy the share of the squares of singular values that they hold, above 0 and at most 1
   */
  public Comparison compare(Adapter a, Adapter b, double energy) {
    return new AdapterComparator(scope, stacker, energy, listener)
        .of(SumPlan.of(List.of(new Term(a, 1)), sites), SumPlan.of(List.of(new Term(b, 1)), sites));
  }

  private static void requireGoOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Interrupted.");
    }
  }

  private void each(SumPlan plan, BiConsumer<Scope, SumBatch> work) {
    each(plan.products(), 0, plan.products().size(), work);
  }

  /** Does the work for sums, when so many of all are done already. */
  private void each(List<SiteSum> sums, int before, int all, BiConsumer<Scope, SumBatch> work) {
    int done = before;
    for (List<SiteSum> group : SiteGroups.of(sums, SiteSum::key, SiteSum::elements)) {
      try (Scope once = scope.child("batch")) {
        work.accept(once, stacker.batch(once, group));
      }
      done += group.size();
      listener.done(done, all);
    }
  }
}
