package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Extraction of an adapter from two checkpoints: at each site the nearest change of a rank to their
 * difference. Changes of biases and norms are stored whole. One parameter of each checkpoint is in
 * memory at a time.
 *
 * <p>All singular values are computed, unless {@link #randomised} is called; the reported error is
 * measured in either case.
 */
public final class Extraction {
  private final Scope scope;
  private final RankRules rules;
  private final ComputedFactors computed;
  private final Map<List<DType>, Program> differences = new HashMap<>();
  private double least;
  private SiteListener listener = SiteListener.NONE;

  /**
   * Compiles its programs in {@code scope}, when they are first needed.
   *
   * @param stored type of the factors
   */
  public Extraction(Scope scope, RankRules rules, DType stored) {
    this.scope = scope;
    this.rules = rules;
    this.computed = new ComputedFactors(scope, stored);
  }

  /**
   * Finds the greatest directions by random projection, which is faster and a little less precise
   * than the nearest change.
   *
   * @throws IllegalArgumentException if a rule has no greatest rank, or needs all singular values
   */
  public Extraction randomised(RangeFinder how) {
    for (RankRule rule : List.of(rules.layers(), rules.kernels())) {
      if (rule.kind() == RankRule.Kind.SV_CUMULATIVE || rule.most() == Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "looking for directions by chance needs a greatest rank, and a rule other than "
                + RankRule.Kind.SV_CUMULATIVE
                + ", which counts all singular values");
      }
    }
    computed.randomised(how);
    return this;
  }

  /** Sets how great the greatest change of an element must be for its site to take part. */
  public Extraction minChange(double change) {
    least = change;
    return this;
  }

  /** Sets the listener for progress. */
  public Extraction listener(SiteListener other) {
    listener = other;
    return this;
  }

  /**
   * Extracts.
   *
   * @throws AdapterException if nothing differs, or a value is not finite
   */
  public ExtractedAdapter of(String name, List<Difference> all) {
    Map<String, List<Factors>> result = new HashMap<>();
    SortedMap<String, SiteTruncation> done = new TreeMap<>();
    SortedSet<String> unchanged = new TreeSet<>();
    int count = 0;
    for (Difference one : all) {
      try (Scope work = scope.child("extract")) {
        String site = one.site().name();
        if (!take(work, one, result, done) && !result.containsKey(site)) {
          unchanged.add(site);
        } else {
          unchanged.remove(site);
        }
      }
      listener.done(++count, all.size());
    }
    if (result.isEmpty()) {
      throw new AdapterException(
          "The checkpoints are the same at all "
              + unchanged.size()
              + " layers"
              + (least > 0 ? " to within " + least : "")
              + "; there is nothing to extract.");
    }
    return new ExtractedAdapter(
        new TruncatedAdapter(new Adapter(name, result, Map.of()), done), unchanged);
  }

  private boolean take(
      Scope work,
      Difference one,
      Map<String, List<Factors>> result,
      SortedMap<String, SiteTruncation> done) {
    Site site = one.site();
    Tensor before = read(work, one, one.before());
    Tensor after = read(work, one, one.after());
    List<Tensor> out =
        differences
            .computeIfAbsent(List.of(before.dtype(), after.dtype()), this::subtracting)
            .run(work, flat(work, before), flat(work, after));
    double greatest = out.get(1).floats()[0];
    if (!Double.isFinite(greatest)) {
      throw new AdapterException(
          "The "
              + one.target().parameter()
              + " of "
              + site.name()
              + " has values that are not"
              + " finite in one of the checkpoints.");
    }
    if (greatest <= least) {
      return false;
    }
    if (one.target() == LayerParameter.BIAS || site.kind() == Site.Kind.NORM) {
      Factors whole = computed.whole(site, one.target(), out.get(0));
      FullRankSums.put(result, site.name(), whole);
      return true;
    }
    Tensor matrix = out.get(0).view(work, 0, Shape.of(site.out(), site.rest()));
    ComputedFactors.Cut cut = computed.cut(work, site, matrix, rules.at(site));
    FullRankSums.put(result, site.name(), cut.factors());
    done.put(site.name(), cut.truncation());
    return true;
  }

  private static Tensor read(Scope work, Difference one, Difference.Source source) {
    Tensor tensor = source.read(work);
    long elements =
        one.target() == LayerParameter.WEIGHT ? one.site().weight().elements() : one.site().out();
    if (tensor.shape().elements() != elements) {
      throw new AdapterException(
          "The "
              + one.target().parameter()
              + " of "
              + one.site().name()
              + " has the shape "
              + tensor.shape()
              + " in a checkpoint; a model of this kind has "
              + one.site().weight()
              + " there.");
    }
    return tensor;
  }

  private static Tensor flat(Scope work, Tensor tensor) {
    return tensor.view(work, 0, Shape.of(tensor.shape().elements()));
  }

  /** Inputs: before and after. Outputs: the difference [elements], its greatest magnitude, F32. */
  private Program subtracting(List<DType> types) {
    Graph graph = new Graph();
    Shape any = Shape.of(Shape.UNKNOWN);
    Expr before = graph.input("before", types.get(0), any).to(DType.F32);
    Expr after = graph.input("after", types.get(1), any).to(DType.F32);
    Expr change = after.sub(before);
    return graph.inference(scope, List.of(change, change.abs().over(0).max()));
  }
}
