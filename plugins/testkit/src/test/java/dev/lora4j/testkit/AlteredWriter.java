package dev.lora4j.testkit;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.Map;

/** A network that goes on from texts, with one fault. */
final class AlteredWriter implements CausalNetwork {
  /** What is wrong with it. */
  enum Fault {
    IDENTITY,
    LAYERS,
    OPTIONAL,
    WIDTH,
    LENGTH,
    BATCH,
    POSITIONS,
    PEEKING
  }

  private final CausalNetwork sound;
  private final Fault fault;

  AlteredWriter(CausalNetwork sound, Fault fault) {
    this.sound = sound;
    this.fault = fault;
  }

  @Override
  public int vocabulary() {
    return sound.vocabulary();
  }

  @Override
  public int longest() {
    return fault == Fault.LENGTH ? sound.longest() + 1 : sound.longest();
  }

  @Override
  public CacheSize cacheSize() {
    return sound.cacheSize();
  }

  @Override
  public Map<String, String> shared() {
    return sound.shared();
  }

  @Override
  public boolean optional(String weight) {
    return fault == Fault.OPTIONAL || sound.optional(weight);
  }

  @Override
  public Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute) {
    Expr ids = tokens.ids();
    Expr counted = Constants.arange(ids.graph(), DType.I64, ids.dim(1)).unsqueeze(0);
    TokenInputs seen =
        fault == Fault.POSITIONS
            ? new TokenInputs(ids, tokens.positions().mul(0).add(counted))
            : tokens;
    Expr hidden = sound.hidden(weights, seen, memory, compute);
    return fault == Fault.BATCH ? hidden.add(hidden.mean(0)) : hidden;
  }

  @Override
  public Expr logits(Weights weights, Expr hidden) {
    Expr logits = sound.logits(weights, hidden);
    return switch (fault) {
      case WIDTH -> logits.cat(-1, logits);
      case LAYERS -> logits.mul(own(weights, "own.weight", Shape.of(1, vocabulary())));
      case PEEKING -> logits.add(peeked(weights));
      default -> logits;
    };
  }

  private static Expr own(Weights weights, String name, Shape shape) {
    return weights.weight(name, shape, Parameter.Init.ONES);
  }

  /** A number of a layer's weight, which adapters beside the weight do not change. */
  private Expr peeked(Weights weights) {
    long width = (long) cacheSize().heads() * cacheSize().width();
    Shape shape = Shape.of(width, width);
    return own(weights, "transformer.h.0.attn.c_proj.weight", shape).sum();
  }

  @Override
  public boolean equals(Object other) {
    return fault != Fault.IDENTITY
        && other instanceof AlteredWriter that
        && sound.equals(that.sound);
  }

  @Override
  public int hashCode() {
    return sound.hashCode();
  }

  @Override
  public String toString() {
    return sound.toString();
  }
}
