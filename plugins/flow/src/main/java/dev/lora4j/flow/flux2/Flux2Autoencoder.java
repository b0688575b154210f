package dev.lora4j.flow.flux2;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import dev.lora4j.diffusion.vae.Vae;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The autoencoder of FLUX.2 (Black Forest Labs 2025), diffusers' {@code AutoencoderKLFlux2}. Its
 * latents are those of its convolutions, two by two places as one with four times the channels,
 * normalised by the statistics that it was trained with.
 *
 * @param encoder network to the inner latents
 * @param decoder network back, which may have other widths
 * @param epsilon beside the variances
 */
record Flux2Autoencoder(Vae encoder, Vae decoder, double epsilon) implements AutoencoderNetwork {
  /** Rows and columns of the inner latents in one place. */
  private static final int PATCH = 2;

  private static final String STATISTICS = "bn";

  /** Parts of the convolutions beside the inner latents, in files of first publication. */
  private static final Map<String, String> OWNERS =
      Map.of("quant_conv", "encoder", "post_quant_conv", "decoder");

  @Override
  public int inChannels() {
    return encoder.inChannels();
  }

  @Override
  public int latentChannels() {
    return encoder.latentChannels() * PATCH * PATCH;
  }

  @Override
  public int scale() {
    return encoder.scale() * PATCH;
  }

  @Override
  public double scalingFactor() {
    return 1;
  }

  @Override
  public double shiftFactor() {
    return 0;
  }

  @Override
  public AutoencoderNetwork unshifted() {
    return this;
  }

  @Override
  public LatentMoments encode(Weights at, Expr x) {
    LatentMoments inner = encoder.encode(at, x);
    Expr variance = variance(at);
    return new LatentMoments(
        joined(inner.mean()).sub(mean(at)).div(variance.sqrt()),
        joined(inner.logVariance()).sub(variance.log()));
  }

  @Override
  public Expr decode(Weights at, Expr z) {
    return decoder.decode(at, apart(z.mul(variance(at).sqrt()).add(mean(at))));
  }

  /** Mean of the joined latents in training, [1, channels, 1, 1]. */
  private Expr mean(Weights at) {
    return statistic(at, "running_mean", Init.ZEROS);
  }

  /** Their variance, never 0. */
  private Expr variance(Weights at) {
    return statistic(at, "running_var", Init.ONES).add(epsilon);
  }

  private Expr statistic(Weights at, String name, Init init) {
    return at.at(STATISTICS).weight(name, Shape.of(latentChannels()), init).reshape(1, -1, 1, 1);
  }

  /** [batch, channels, h, w] to [batch, channels * 4, h / 2, w / 2]. */
  private Expr joined(Expr x) {
    Dim two = Dim.of(PATCH);
    Dim rows = x.dim(2).over(PATCH);
    Dim columns = x.dim(3).over(PATCH);
    return x.reshape(x.dim(0), x.dim(1), rows, two, columns, two)
        .permute(0, 1, 3, 5, 2, 4)
        .reshape(x.dim(0), Dim.of(latentChannels()), rows, columns);
  }

  /** [batch, channels * 4, h, w] to [batch, channels, h * 2, w * 2]. */
  private Expr apart(Expr z) {
    Dim two = Dim.of(PATCH);
    Dim channels = Dim.of(encoder.latentChannels());
    return z.reshape(z.dim(0), channels, two, two, z.dim(2), z.dim(3))
        .permute(0, 1, 4, 2, 5, 3)
        .reshape(z.dim(0), channels, z.dim(2).times(PATCH), z.dim(3).times(PATCH));
  }

  @Override
  public List<String> names(String weight) {
    return encoder.names(weight);
  }

  /** ComfyUI puts the convolutions beside the latents out of the encoder and the decoder. */
  @Override
  public List<String> originals(String weight) {
    Optional<String> owner = Optional.ofNullable(OWNERS.get(weight.split("\\.", 2)[0]));
    return owner
        .map(part -> List.of(part + "." + weight, weight))
        .orElseGet(() -> encoder.originals(weight));
  }

  /** A count of the batches that the statistics were taken of. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals(STATISTICS + ".num_batches_tracked") || encoder.ignores(tensor);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Flux2Autoencoder")
        .with("encoder", encoder.config())
        .with("decoder", decoder.config())
        .with("epsilon", epsilon)
        .text();
  }
}
