package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A method that keeps its contract, under roles of its own; others break it in one way each. */
class PairMethod implements AdditiveMethod {
  /** The method itself. */
  @Extension(point = AdapterMethod.class, name = "test-pair", help = "a product of two factors")
  public static final class Good extends PairMethod {
    /** For the host. */
    public Good() {
      super("test-pair");
    }
  }

  private final String name;

  PairMethod(String name) {
    this.name = name;
  }

  static String in(String method) {
    return method + "_in";
  }

  static String out(String method) {
    return method + "_out";
  }

  /** What a file has of such a method, with an alpha. */
  static Map<String, HostTensor> tensors(
      String method, Site site, int rank, SplittableRandom random) {
    return Map.of(
        in(method),
        SyntheticLayer.numbers(LowRank.down(site, rank), random),
        out(method),
        SyntheticLayer.numbers(LowRank.up(site, rank), random),
        AdapterMethod.ALPHA,
        HostTensor.of(Shape.of(), rank * 0.75f));
  }

  final String in() {
    return in(name);
  }

  final String out() {
    return out(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(in(), out(), ALPHA);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(in()) || tensors.has(out());
  }

  @Override
  public Factors read(SiteTensors all) {
    long rank = all.size(in(), 0);
    HostTensor in = all.tensor(in(), LowRank.down(all.site(), rank));
    HostTensor out = all.tensor(out(), LowRank.up(all.site(), rank));
    return Factors.of(name, Map.of(in(), in, out(), out), Map.of(ALPHA, Alpha.read(all, rank)));
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(in()).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(in(), 0).open(out(), 1).without(ALPHA);
  }

  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.computeIfPresent(out(), (role, out) -> share.of(out));
    return new Factors(name, tensors, factors.settings());
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / factors.shape(in()).size(0);
  }

  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    return OptionalInt.of(Math.toIntExact(factors.shape(in()).size(0)));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return new LowRank(factors.get(in()), factors.get(out()));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return lowRank(site, factors).product(site);
  }
}
