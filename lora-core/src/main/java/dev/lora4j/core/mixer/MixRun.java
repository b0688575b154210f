package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.lowrank.ComputedFactors;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.lowrank.SiteTruncation;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.MixProgram.Drawn;
import dev.lora4j.core.mixer.MixProgram.Result;
import dev.lora4j.core.mixer.MixedParameter.Form;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One mixing, from the survey to the new adapter. */
final class MixRun {
  /**
   * A parameter and its program.
   *
   * @param program at each of its blocks of rows
   */
  private record Planned(MixedParameter parameter, MixProgram program, RowBlocks blocks) {
    boolean sum() {
      return program.sum();
    }
  }

  /** Parameters that are added up on the heap between two looks at an interrupt. */
  private static final int AT_ONCE = 32;

  private final Scope scope;
  private final Mixture mixture;
  private final MixerCode code;
  private final Tensor numbers;
  private final List<Planned> planned = new ArrayList<>();
  private final RandomKeys keys;
  private final UniformNumbers uniform = new UniformNumbers();
  private final RowRanks places;
  private final BlockedMatrix blocked;

  /** Surveys the adapters and stages the mixer's program at each form. */
  MixRun(
      Scope scope,
      DeltaMixer mixer,
      MixerCode code,
      Mixture mixture,
      long seed,
      SiteListener surveying) {
    this.scope = scope;
    this.mixture = mixture;
    this.code = code;
    double[] surveyed =
        code.call(() -> mixer.survey(new DeltaStatistics(scope, mixture, surveying)));
    float[] rounded = new float[Math.max(1, surveyed.length)];
    for (int i = 0; i < surveyed.length; i++) {
      rounded[i] = (float) surveyed[i];
    }
    this.numbers = Tensor.of(scope, Shape.of(rounded.length), rounded);
    int adapters = mixture.parts().size();
    MixerRequirement needs = code.call(mixer::needs);
    boolean rowwise = code.call(mixer::rowwise);
    this.blocked = new BlockedMatrix(scope);
    this.places = new RowRanks(scope);
    Map<Form, MixProgram> programs = new HashMap<>();
    for (MixedParameter one : mixture.parameters()) {
      MixProgram program =
          programs.computeIfAbsent(
              one.form(needs),
              form -> new MixProgram(scope, mixer, code, one, adapters, surveyed.length));
      RowBlocks blocks =
          rowwise && program.dense() ? RowBlocks.of(one, scope.engine()) : RowBlocks.whole(one);
      if (blocks.count() > 1) {
        program =
            programs.computeIfAbsent(
                blocks.like().form(needs),
                form ->
                    new MixProgram(scope, mixer, code, blocks.like(), adapters, surveyed.length));
      }
      planned.add(new Planned(one, program, blocks));
    }
    keys = new RandomKeys(mixture.adapters(), seed);
  }

  /**
   * Runs it.
   *
   * @param sites the layers of the base by name
   */
  TruncatedAdapter of(
      String name,
      Map<String, Site> sites,
      TruncationPolicy kept,
      DType stored,
      SiteListener listener) {
    List<Planned> others = planned.stream().filter(p -> !p.sum()).toList();
    int count = planned.size();
    int done = 0;
    Map<String, List<Factors>> result = new HashMap<>();
    SortedMap<String, SiteTruncation> cut = new TreeMap<>();
    Map<String, RankRule> rules = rules(kept);
    for (boolean truncated : new boolean[] {true, false}) {
      Set<String> sums =
          planned.stream()
              .filter(Planned::sum)
              .filter(p -> rules.containsKey(p.parameter().site().name()) == truncated)
              .map(p -> p.parameter().name())
              .collect(Collectors.toSet());
      if (!sums.isEmpty()) {
        int before = done;
        LowRankAlgebra algebra =
            new LowRankAlgebra(scope, sites).listener((d, of) -> listener.done(before + d, count));
        TruncatedAdapter summed = summed(algebra, name, sums, truncated ? rules : Map.of(), stored);
        if (sums.size() == count) {
          return summed;
        }
        summed.adapter().sites().forEach((site, all) -> result.put(site, new ArrayList<>(all)));
        cut.putAll(summed.sites());
        done += sums.size();
      }
    }
    ComputedFactors computed = new ComputedFactors(scope, stored);
    Predicate<Planned> onHeap = p -> adds(p) && kept.products().at(p.parameter()).isEmpty();
    done = added(others.stream().filter(onHeap).toList(), computed, result, done, count, listener);
    others = others.stream().filter(onHeap.negate()).toList();
    for (Planned one : others) {
      String site = one.parameter().site().name();
      one(one, computed, kept, cut)
          .ifPresent(factors -> result.computeIfAbsent(site, k -> new ArrayList<>()).add(factors));
      listener.done(++done, count);
    }
    if (result.isEmpty()) {
      throw new AdapterException(
          "What the mixer "
              + code.name()
              + " makes of "
              + String.join(", ", mixture.adapters().stream().map(Adapter::name).toList())
              + " is 0 everywhere; it would do nothing.");
    }
    return new TruncatedAdapter(new Adapter(name, result, Map.of()), cut);
  }

  /** The rules of layers whose exact sum is cut, which changes of their biases go with. */
  private Map<String, RankRule> rules(TruncationPolicy kept) {
    Map<String, RankRule> rules = new HashMap<>();
    planned.stream()
        .filter(Planned::sum)
        .map(Planned::parameter)
        .forEach(p -> kept.products().at(p).ifPresent(rule -> rules.put(p.site().name(), rule)));
    return rules;
  }

  /** Exact sum, computed from the factors; without rules it is not truncated. */
  private TruncatedAdapter summed(
      LowRankAlgebra algebra,
      String name,
      Set<String> sums,
      Map<String, RankRule> rules,
      DType stored) {
    List<Term> terms = mixture.parts().stream().map(p -> term(p, sums)).toList();
    return rules.isEmpty()
        ? new TruncatedAdapter(algebra.sum(name, terms, stored), new TreeMap<>())
        : algebra.truncate(
            name, terms, site -> Optional.ofNullable(rules.get(site.name())).orElseThrow(), stored);
  }

  private static Term term(MixPlan.Part part, Set<String> parameters) {
    return new Term(
        part.adapter(),
        1,
        (site, target) ->
            parameters.contains(MixedParameter.name(site, target))
                ? part.overall(site) * part.shares().at(site)
                : 0);
  }

  private static boolean adds(Planned one) {
    return one.program().added().isPresent();
  }

  /** Adds up the factors of many parameters; returns the number of all that are done then. */
  private static int added(
      List<Planned> additions,
      ComputedFactors computed,
      Map<String, List<Factors>> result,
      int before,
      int count,
      SiteListener listener) {
    int done = before;
    for (int at = 0; at < additions.size(); at += AT_ONCE) {
      List<Planned> some = additions.subList(at, Math.min(additions.size(), at + AT_ONCE));
      requireGoOn();
      List<Optional<Factors>> sums =
          some.parallelStream()
              .map(p -> added(p.parameter(), p.program().added().getAsDouble(), computed))
              .toList();
      for (int i = 0; i < sums.size(); i++) {
        String site = some.get(i).parameter().site().name();
        sums.get(i)
            .ifPresent(
                factors -> result.computeIfAbsent(site, k -> new ArrayList<>()).add(factors));
      }
      done += some.size();
      listener.done(done, count);
    }
    return done;
  }

  /** The factors of one parameter added up on the heap; none if they are 0. */
  private static Optional<Factors> added(
      MixedParameter parameter, double lambda, ComputedFactors computed) {
    SummedFactors sum = SummedFactors.of(parameter, lambda, computed.stored());
    return sum.none()
        ? Optional.empty()
        : Optional.of(computed.product(parameter.site(), sum.down(), sum.up()));
  }

  private static void requireGoOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("Interrupted.");
    }
  }

  /** Adds up the factors of one parameter and truncates the sum; none if they are 0. */
  private Optional<Factors> added(
      MixedParameter parameter,
      double lambda,
      ComputedFactors computed,
      RankRule rule,
      SortedMap<String, SiteTruncation> done) {
    Site site = parameter.site();
    SummedFactors sum = SummedFactors.of(parameter, lambda, DType.F32);
    if (sum.none()) {
      return Optional.empty();
    }
    try (Scope work = scope.child("mix")) {
      long rank = sum.up().shape().elements() / site.out();
      Tensor down = sum.down().reshape(Shape.of(rank, site.rest())).on(work);
      Tensor up = sum.up().reshape(Shape.of(site.out(), rank)).on(work);
      ComputedFactors.Cut cut = computed.cut(work, site, down, up, rule);
      done.put(site.name(), cut.truncation());
      return Optional.of(cut.factors());
    }
  }

  /** The change of one parameter; none if it is 0. */
  private Optional<Factors> one(
      Planned one,
      ComputedFactors computed,
      TruncationPolicy kept,
      SortedMap<String, SiteTruncation> done) {
    MixedParameter parameter = one.parameter();
    requireGoOn();
    if (adds(one)) {
      double lambda = one.program().added().getAsDouble();
      return added(parameter, lambda, computed, kept.products().at(parameter).orElseThrow(), done);
    }
    try (Scope work = scope.child("mix")) {
      Result mixed = mixed(work, one);
      if (!Double.isFinite(mixed.least()) || !Double.isFinite(mixed.most())) {
        throw new AdapterException(
            "What the mixer "
                + code.name()
                + " makes of "
                + parameter.name()
                + " is not finite; are the weights too large?");
      }
      if (mixed.none()) {
        return Optional.empty();
      }
      Site site = parameter.site();
      List<Tensor> out = mixed.tensors();
      Optional<RankRule> rule = (out.size() == 1 ? kept.wholes() : kept.products()).at(parameter);
      if (rule.isEmpty()) {
        return Optional.of(
            out.size() == 1
                ? computed.whole(site, parameter.target(), out.get(0))
                : computed.product(site, out.get(0), out.get(1)));
      }
      ComputedFactors.Cut cut =
          out.size() == 1
              ? computed.cut(work, site, out.get(0), rule.get())
              : computed.cut(work, site, out.get(0), out.get(1), rule.get());
      done.put(site.name(), cut.truncation());
      return Optional.of(cut.factors());
    } finally {
      // Memory of one layer would else stay while the next one needs other sizes.
      scope.engine().trimMemory();
    }
  }

  /** Mixes a parameter, block by block where it has several. */
  private Result mixed(Scope work, Planned one) {
    MixedParameter parameter = one.parameter();
    RowInputs inputs = new RowInputs(work, parameter);
    double[] exact = mixture.weights(parameter.site());
    float[] rounded = new float[exact.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) exact[i];
    }
    Tensor weights = Tensor.of(work, Shape.of(rounded.length), rounded);
    if (one.blocks().count() == 1) {
      return mixed(work, one, inputs, weights, 0);
    }
    Tensor matrix = blocked.of(work, parameter.shape());
    List<Extremes> all =
        RowWorkers.each(
            scope.engine(),
            one.blocks().count(),
            Extremes::new,
            (extremes, block) -> {
              try (Scope part = work.child("block")) {
                Result mixed = mixed(part, one, inputs, weights, block);
                long first = block * one.blocks().elements();
                blocked.write(part, matrix, first, mixed.tensors().get(0));
                extremes.add(mixed);
              }
            });
    Extremes extremes = new Extremes();
    all.forEach(extremes::add);
    return new Result(List.of(matrix), extremes.least, extremes.most, extremes.none);
  }

  private Result mixed(Scope work, Planned one, RowInputs inputs, Tensor weights, int block) {
    MixedParameter parameter = one.parameter();
    long first = block * one.blocks().elements();
    List<Tensor> factors = inputs.block(work, one.blocks(), block);
    return one.program()
        .run(
            work,
            factors,
            weights,
            numbers,
            (owner, what) -> {
              if (what.of().equals(Drawn.PLACES)) {
                return places.of(owner, one.blocks().like(), factors, what.part());
              }
              int adapter = parameter.parts().get(what.part()).adapter();
              return uniform.of(owner, keys.of(adapter, parameter, what.of()), what.shape(), first);
            });
  }

  /** Extremes of the numbers of some blocks. */
  private static final class Extremes {
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private boolean none = true;

    void add(Result block) {
      add(block.least(), block.most(), block.none());
    }

    void add(Extremes others) {
      add(others.least, others.most, others.none);
    }

    private void add(double from, double to, boolean zero) {
      // NaN stays, as Math has it.
      least = Math.min(least, from);
      most = Math.max(most, to);
      none &= zero;
    }
  }
}
