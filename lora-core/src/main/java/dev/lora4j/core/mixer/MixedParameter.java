package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.OptionalLong;

/**
 * A weight or bias of a layer that adapters change, with their parts.
 *
 * @param parts in the order of the adapters, each of them at most once
 */
record MixedParameter(Site site, LayerParameter target, List<Part> parts) {
  /**
   * Part of one adapter at a parameter.
   *
   * @param adapter index of the adapter
   * @param weight not 0
   * @param factors of additive methods, with scales that are not 0
   */
  record Part(int adapter, double weight, List<Factors> factors) {
    Part {
      factors = List.copyOf(factors);
    }
  }

  /**
   * Properties that determine the program of a parameter.
   *
   * @param site the layer with the properties that its weight depends on
   */
  record Form(Site site, LayerParameter target, List<PartForm> parts) {}

  /**
   * Likewise of a part.
   *
   * @param rank of its stored factors, where the program sees these; else empty
   */
  record PartForm(int adapter, List<FactorsForm> factors, OptionalLong rank) {}

  /**
   * Likewise of factors.
   *
   * @param product whether they are taken as a product of two
   */
  record FactorsForm(FactorStructure structure, boolean product) {}

  MixedParameter {
    parts = List.copyOf(parts);
  }

  /** Unique, for example {@code unet.conv_in.weight}. */
  String name() {
    return name(site.name(), target);
  }

  static String name(String site, LayerParameter target) {
    return site + "." + target.parameter();
  }

  Form form() {
    return form(MixerRequirement.CHANGES);
  }

  /** Form for a program that sees the required inputs. */
  Form form(MixerRequirement needs) {
    return new Form(general(), target, parts.stream().map(p -> form(p, needs)).toList());
  }

  private PartForm form(Part part, MixerRequirement needs) {
    return new PartForm(
        part.adapter(),
        part.factors().stream().map(this::form).toList(),
        needs == MixerRequirement.CHANGES
            ? OptionalLong.empty()
            : OptionalLong.of(FactorRequirements.rank(part)));
  }

  private FactorsForm form(Factors factors) {
    FactorStructure structure = factors.structure();
    return new FactorsForm(Methods.named(factors.method()).form(structure), isProduct(structure));
  }

  /** Returns true if factors count as a product of two. */
  boolean isProduct(FactorStructure factors) {
    return matrix() && Methods.additive(factors.method()).rank(general(), factors).isPresent();
  }

  /**
   * Canonical layer with the properties that its weight depends on. Groups prevent a product from
   * being applied unmerged; as a change of the weight it is a product all the same.
   */
  Site general() {
    return new Site("", site.kind(), site.weight(), false, 1, 0, 1, 1);
  }

  /** [out, rest] of a layer's weight, [width] of others. */
  Shape shape() {
    return matrix() ? Shape.of(site.out(), site.rest()) : Shape.of(site.out());
  }

  /** Returns true if it is a layer's weight. */
  boolean matrix() {
    return target == LayerParameter.WEIGHT && site.kind() != Site.Kind.NORM;
  }

  /** Rank of each part's change, at most that of the layer; of a layer's weight alone. */
  List<Integer> ranks() {
    return parts.stream()
        .map(part -> capped(part.factors().stream().mapToLong(this::rank).sum()))
        .toList();
  }

  /** The rank of all parts together, likewise. */
  int rank() {
    return capped(ranks().stream().mapToLong(Integer::longValue).sum());
  }

  private long rank(Factors factors) {
    return Methods.additive(factors.method())
        .rank(general(), factors.structure())
        .orElse(capped(Integer.MAX_VALUE));
  }

  private int capped(long rank) {
    return Math.toIntExact(Math.min(rank, Math.min(site.out(), site.rest())));
  }

  /**
   * Returns true if factors of a rank take as much room as all elements of the change, and some
   * factors are no LoRA.
   */
  boolean wholeIsSmaller(int rank) {
    return rank * (site.out() + site.rest()) >= elements()
        && parts.stream()
            .flatMap(part -> part.factors().stream())
            .anyMatch(factors -> !factors.method().equals(LoraMethod.NAME));
  }

  long elements() {
    return shape().elements();
  }

  /** A parameter with one part, as that of the only adapter. */
  MixedParameter only(Part part) {
    return new MixedParameter(site, target, List.of(new Part(0, part.weight(), part.factors())));
  }
}
