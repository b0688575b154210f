package dev.lora4j.testkit;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A denoiser with one fault. */
final class AlteredDenoiser implements DenoiserNetwork {
  /** What is wrong with it. */
  enum Fault {
    IDENTITY,
    NAMES,
    PLACES,
    SIZE,
    BATCH,
    DEAF,
    TOLD,
    SHARES,
    CHECKPOINTS,
    CHEAP
  }

  private final DenoiserNetwork sound;
  private final Fault fault;

  AlteredDenoiser(DenoiserNetwork sound, Fault fault) {
    this.sound = sound;
    this.fault = fault;
  }

  @Override
  public String component() {
    return sound.component();
  }

  @Override
  public int inChannels() {
    return sound.inChannels();
  }

  @Override
  public int outChannels() {
    return sound.outChannels();
  }

  @Override
  public int crossAttentionDim() {
    return sound.crossAttentionDim();
  }

  @Override
  public int pooledWidth() {
    return sound.pooledWidth();
  }

  @Override
  public int levels() {
    return sound.levels();
  }

  @Override
  public SitePlacement.Of places() {
    return fault == Fault.PLACES ? site -> new SitePlacement.OnGrid(0) : sound.places();
  }

  @Override
  public List<String> names(String weight) {
    return fault == Fault.NAMES ? List.of("old." + weight) : sound.names(weight);
  }

  @Override
  public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
    Expr made = sound.stage(weights, seen(inputs), checkpointing);
    return switch (fault) {
      case SIZE -> made.cat(1, made);
      case BATCH -> made.add(made.mean(0));
      case CHECKPOINTS -> checkpointing ? made.mul(1.001) : made;
      case CHEAP -> {
        AtomicInteger times = new AtomicInteger();
        yield made.graph().recompute(() -> made.mul(times.incrementAndGet()));
      }
      default -> made;
    };
  }

  private DenoiserInputs seen(DenoiserInputs inputs) {
    TextConditioning words = inputs.text();
    return switch (fault) {
      case TOLD -> DenoiserInputs.of(inputs.x(), inputs.timesteps(), words);
      case DEAF -> with(inputs, new TextConditioning(words.context().mul(0), words.shares()));
      case SHARES -> {
        List<Expr> other = words.shares().stream().map(s -> s.mul(-1).add(1)).toList();
        yield with(inputs, new TextConditioning(words.context(), other));
      }
      default -> inputs;
    };
  }

  private static DenoiserInputs with(DenoiserInputs inputs, TextConditioning words) {
    DenoiserInputs plain = DenoiserInputs.of(inputs.x(), inputs.timesteps(), words);
    return inputs.added().map(plain::with).orElse(plain);
  }

  @Override
  public boolean equals(Object other) {
    return fault != Fault.IDENTITY
        && other instanceof AlteredDenoiser that
        && sound.equals(that.sound);
  }

  @Override
  public int hashCode() {
    return sound.hashCode();
  }

  @Override
  public String canonical() {
    return sound.canonical();
  }
}
