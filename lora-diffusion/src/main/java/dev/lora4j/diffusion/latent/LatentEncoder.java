package dev.lora4j.diffusion.latent;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import java.util.List;
import java.util.Map;

/**
 * Pictures to latents and back, one at a time; large ones in tiles.
 *
 * <p>All numbers are the autoencoder's own: pictures in [-1, 1], latents without the base's scale.
 */
public final class LatentEncoder {
  /** Side of a tile in latents, as diffusers has it for pictures of 512 pixels. */
  private static final int TILE = 64;

  /** Picture size from which the decoder's inner values take gigabytes. */
  private static final long LARGE_PIXELS = 1280L * 1280;

  private final Scope scope;
  private final DiffusionModel base;
  private final LatentPrograms programs;

  /** For a base; memory of a call is in children of {@code scope}. */
  public LatentEncoder(Scope scope, DiffusionModel base, LatentPrograms programs) {
    this.scope = scope;
    this.base = base;
    this.programs = programs;
  }

  /** [3, height, width] of latents [channels, h, w]. */
  public Planes decode(Planes z) {
    int scale = base.vae().scale();
    boolean large = (long) z.height() * z.width() * scale * scale > LARGE_PIXELS;
    return large ? decode(z, TILE) : decoded(z);
  }

  /** {@link #decode(Planes)} in tiles of a side in latents. */
  Planes decode(Planes z, int tile) {
    Tiling tiling = new Tiling(tile, tile * base.vae().scale());
    return tiling.needed(z) ? tiling.apply(z, this::decoded) : decoded(z);
  }

  private Planes decoded(Planes z) {
    return scope.engine().together(() -> decodedHere(z));
  }

  private Planes decodedHere(Planes z) {
    try (Scope work = scope.child("decode")) {
      Map<String, Tensor> data = Map.of("z", tensor(work, z));
      return planes(programs.decoder().run(work, base.vaeWeights(), data).get(0));
    }
  }

  /** Mean and logarithm of the variance, [2 * channels, h, w], of a picture [3, height, width]. */
  public Planes encode(Planes picture) {
    boolean large = (long) picture.height() * picture.width() > LARGE_PIXELS;
    return large ? encode(picture, TILE) : encoded(picture);
  }

  /** {@link #encode(Planes)} in tiles of a side in latents. */
  Planes encode(Planes picture, int tile) {
    Tiling tiling = new Tiling(tile * base.vae().scale(), tile);
    return tiling.needed(picture) ? tiling.apply(picture, this::encoded) : encoded(picture);
  }

  private Planes encoded(Planes picture) {
    try (Scope work = scope.child("encode")) {
      Map<String, Tensor> data = Map.of("x", tensor(work, picture));
      List<Tensor> moments = programs.encoder().run(work, base.vaeWeights(), data);
      Planes mean = planes(moments.get(0));
      float[] both = new float[2 * mean.values().length];
      System.arraycopy(mean.values(), 0, both, 0, mean.values().length);
      float[] variance = moments.get(1).floats();
      System.arraycopy(variance, 0, both, variance.length, variance.length);
      return new Planes(2 * mean.channels(), mean.height(), mean.width(), both);
    }
  }

  private static Tensor tensor(Scope work, Planes planes) {
    Shape shape = Shape.of(1, planes.channels(), planes.height(), planes.width());
    return Tensor.of(work, shape, planes.values());
  }

  private static Planes planes(Tensor one) {
    Shape shape = one.shape();
    return new Planes((int) shape.size(1), (int) shape.size(2), (int) shape.size(3), one.floats());
  }
}
