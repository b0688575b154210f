package dev.lora4j.core.adapter.training;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tensors of one layer in a program that trains them. */
public final class TrainedFactors {
  private final Map<String, Expr> parts;
  private final Expr scale;
  private final SiteDropout dropout;
  private final Optional<Expr> draw;
  private final Optional<Expr> progress;

  /**
   * Tensors of one layer.
   *
   * @param parts by part, in the type they are trained in
   * @param scale [1, 1], what the effect is multiplied by
   */
  public TrainedFactors(Map<String, Expr> parts, Expr scale, SiteDropout dropout) {
    this(parts, scale, dropout, Optional.empty(), Optional.empty());
  }

  private TrainedFactors(
      Map<String, Expr> parts,
      Expr scale,
      SiteDropout dropout,
      Optional<Expr> draw,
      Optional<Expr> progress) {
    this.parts = new TreeMap<>(parts);
    this.scale = scale;
    this.dropout = dropout;
    this.draw = draw;
    this.progress = progress;
  }

  /** A copy for a step with this {@link #draw}. */
  public TrainedFactors drawn(Expr step) {
    return new TrainedFactors(parts, scale, dropout, Optional.of(step), progress);
  }

  /** A copy for a batch with this {@link #progress}. */
  public TrainedFactors denoising(Expr batch) {
    return new TrainedFactors(parts, scale, dropout, draw, Optional.of(batch));
  }

  /** A copy with another tensor called {@code part}. */
  public TrainedFactors with(String part, Expr other) {
    Map<String, Expr> changed = new TreeMap<>(parts);
    changed.put(part, other);
    return new TrainedFactors(changed, scale, dropout, draw, progress);
  }

  /**
   * A copy whose effect is multiplied.
   *
   * @param factor [1, 1], in the type of the scale
   */
  public TrainedFactors scaledBy(Expr factor) {
    return new TrainedFactors(parts, scale.mul(factor), dropout, draw, progress);
  }

  /** The tensor called {@code part}, in the type it is trained in. */
  public Expr get(String part) {
    return Optional.ofNullable(parts.get(part))
        .orElseThrow(() -> new IllegalArgumentException("nothing called " + part + " is trained"));
  }

  /** The tensor called {@code part}, in another type. */
  public Expr get(String part, DType type) {
    return get(part).to(type);
  }

  /** The tensor called {@code part}, if there is one. */
  public Optional<Expr> find(String part) {
    return Optional.ofNullable(parts.get(part));
  }

  /** A copy in another type; whole numbers stay. */
  public TrainedFactors in(DType type) {
    Map<String, Expr> cast = new TreeMap<>();
    parts.forEach((part, e) -> cast.put(part, e.dtype().floating() ? e.to(type) : e));
    return new TrainedFactors(cast, scale.to(type), dropout, draw, progress);
  }

  /** The tensors as factors of a method whose roles are the names of the parts. */
  public StagedFactors staged(String method) {
    SortedMap<String, FactorStructure.Type> types = new TreeMap<>();
    parts.forEach((role, e) -> types.put(role, new FactorStructure.Type(e.dtype(), e.shape())));
    return new StagedFactors(new FactorStructure(method, types, new TreeMap<>()), parts);
  }

  /** Scale of the effect: [1, 1], in the training type. */
  public Expr scale() {
    return scale;
  }

  /** Dropouts at this layer. */
  public SiteDropout dropout() {
    return dropout;
  }

  /**
   * What a method that {@link TrainableMethod#draws} draws by: F64 [], uniform in [0, 1), the same
   * at all layers in one step; empty in evaluation.
   */
  public Optional<Expr> draw() {
    return draw;
  }

  /**
   * Place of each sample on its way from noise, 0, to the picture, 1; F64 [batch]. Methods that
   * {@linkplain TrainableMethod#followsDenoising follow denoising} go by it. Empty in evaluation.
   */
  public Optional<Expr> progress() {
    return progress;
  }

  /** A copy with module dropout in the scale, for effects proportional to the scale. */
  public TrainedFactors moduleKept() {
    return dropout.module().map(kept -> scaledBy(kept.to(scale.dtype()))).orElse(this);
  }

  /** {@code change}, or 0 if module dropout leaves out this layer. */
  public Expr kept(Expr change) {
    return dropout.module().map(kept -> change.mul(kept.to(change.dtype()))).orElse(change);
  }
}
