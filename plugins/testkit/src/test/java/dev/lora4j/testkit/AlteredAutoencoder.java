package dev.lora4j.testkit;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import java.util.List;

/** An autoencoder with one fault. */
final class AlteredAutoencoder implements AutoencoderNetwork {
  /** Faults, of which it has one. */
  enum Fault {
    IDENTITY,
    NAMES,
    ORIGINALS,
    HALF_ORIGINALS,
    LATENTS,
    PICTURES,
    ENCODER_BATCH,
    DECODER_BATCH,
    SHIFT
  }

  private final AutoencoderNetwork sound;
  private final Fault fault;

  AlteredAutoencoder(AutoencoderNetwork sound, Fault fault) {
    this.sound = sound;
    this.fault = fault;
  }

  @Override
  public int inChannels() {
    return sound.inChannels();
  }

  @Override
  public int latentChannels() {
    return sound.latentChannels();
  }

  @Override
  public int scale() {
    return sound.scale();
  }

  @Override
  public double scalingFactor() {
    return sound.scalingFactor();
  }

  @Override
  public double shiftFactor() {
    return sound.shiftFactor();
  }

  @Override
  public AutoencoderNetwork unshifted() {
    return fault == Fault.SHIFT ? this : sound.unshifted();
  }

  @Override
  public List<String> names(String weight) {
    return fault == Fault.NAMES ? List.of("old." + weight) : sound.names(weight);
  }

  @Override
  public List<String> originals(String weight) {
    return switch (fault) {
      case ORIGINALS -> List.of("weight");
      case HALF_ORIGINALS -> weight.startsWith("encoder") ? List.of(weight) : List.of();
      default -> sound.originals(weight);
    };
  }

  @Override
  public LatentMoments encode(Weights weights, Expr x) {
    LatentMoments made = sound.encode(weights, x);
    return switch (fault) {
      case LATENTS -> new LatentMoments(made.mean().cat(1, made.mean()), made.logVariance());
      case ENCODER_BATCH ->
          new LatentMoments(made.mean().add(made.mean().mean(0)), made.logVariance());
      default -> made;
    };
  }

  @Override
  public Expr decode(Weights weights, Expr z) {
    Expr made = sound.decode(weights, z);
    return switch (fault) {
      case PICTURES -> made.cat(1, made);
      case DECODER_BATCH -> made.add(made.mean(0));
      default -> made;
    };
  }

  @Override
  public boolean equals(Object other) {
    return fault != Fault.IDENTITY
        && other instanceof AlteredAutoencoder that
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
