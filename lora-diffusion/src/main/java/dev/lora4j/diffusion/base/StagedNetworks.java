package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The networks of a base model as stagings: inputs and outputs are F32, the networks compute in the
 * compute type.
 */
public final class StagedNetworks {
  /** Name of the input of {@link #denoiser} with the embedding of the guidance scale. */
  public static final String GUIDANCE = "guidance";

  private static final long ANY = Shape.UNKNOWN;

  private StagedNetworks() {}

  /**
   * Input {@code ids} I64 [batch, tokens], and {@code end} I64 [batch] if the encoder has a pooled
   * text or masks padding. Outputs: hidden states [batch, tokens, width], and that text [batch,
   * pooledWidth].
   */
  public static Network.Staging text(
      TextEncoderNetwork network, HiddenView view, DType compute, AdapterInputs adapters) {
    return text(network, view, compute, adapters, false);
  }

  /**
   * The same with inputs {@code places} I64 [n] and {@code vectors} F32 [n, width] too, if {@code
   * replaces}: vectors that stand for the tokens at these places, counted row by row.
   */
  public static Network.Staging text(
      TextEncoderNetwork network,
      HiddenView view,
      DType compute,
      AdapterInputs adapters,
      boolean replaces) {
    return (graph, weights) -> {
      Expr ids = graph.input("ids", DType.I64, Shape.of(ANY, ANY));
      Optional<TextEncoderInputs.Replaced> replaced =
          replaces
              ? Optional.of(
                  new TextEncoderInputs.Replaced(
                      graph.input("places", DType.I64, Shape.of(ANY)),
                      graph.input("vectors", DType.F32, Shape.of(ANY, network.width()))))
              : Optional.empty();
      Optional<Expr> end =
          takesEnds(network)
              ? Optional.of(graph.input("end", DType.I64, Shape.of(ANY)))
              : Optional.empty();
      TextEncoderInputs tokens = new TextEncoderInputs(ids, end, replaced);
      Weights at = weights.apply(adapters.declare(graph));
      EncodedText seen = network.stage(at, tokens, compute, view);
      Expr hidden = seen.hidden().to(DType.F32);
      return seen.pooled()
          .map(pooled -> List.of(hidden, pooled.to(DType.F32)))
          .orElse(List.of(hidden));
    };
  }

  /** True if {@link #text} has an input for the ends of texts. */
  public static boolean takesEnds(TextEncoderNetwork network) {
    return network.pooledWidth() > 0 || network.masksPadding();
  }

  /**
   * Inputs {@code x} [batch, channels, h, w], {@code timesteps} [batch], {@code context} [batch,
   * words, width]; and, for networks with added conditioning, {@code pooled} [batch, width], {@code
   * sizes} [batch, 6] if they are told them, and {@code guidance} [batch, width]. Output: the
   * prediction [batch, channels, h, w], whose bits do not depend on the other rows.
   */
  public static Network.Staging denoiser(
      DenoiserNetwork network, DType compute, AdapterInputs adapters) {
    return denoiser(network, compute, adapters, false);
  }

  /** Name of the input of {@link #denoiser} with how much contexts count at a resolution. */
  public static String shares(int level) {
    return "shares:" + level;
  }

  /** Name of the input of {@link #denoiser} with the latents of a reference picture. */
  public static String reference(int index) {
    return "reference:" + index;
  }

  /**
   * The same where each row may have several contexts, if {@code regional}: {@code context} is then
   * [batch * contexts, words, width], and for each resolution there is {@link #shares}, [batch,
   * contexts, places].
   */
  public static Network.Staging denoiser(
      DenoiserNetwork network, DType compute, AdapterInputs adapters, boolean regional) {
    return denoiser(network, compute, adapters, regional, 0);
  }

  /**
   * The same where each row sees so many reference pictures, by {@link #reference}: [batch,
   * channels, any height, any width].
   *
   * @throws IllegalArgumentException if they are more than it takes
   */
  public static Network.Staging denoiser(
      DenoiserNetwork network,
      DType compute,
      AdapterInputs adapters,
      boolean regional,
      int references) {
    if (references > network.mostReferences()) {
      throw new IllegalArgumentException(
          "This denoiser takes "
              + network.mostReferences()
              + " reference pictures at most, found "
              + references
              + ".");
    }
    return (graph, weights) -> {
      graph.rowsAlone();
      Expr x = graph.input("x", DType.F32, Shape.of(ANY, network.inChannels(), ANY, ANY));
      Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(ANY));
      Shape words = Shape.of(ANY, ANY, network.crossAttentionDim());
      Expr context = graph.input("context", DType.F32, words);
      Optional<AddedConditioning> told =
          network.pooledWidth() > 0 ? Optional.of(told(graph, network)) : Optional.empty();
      int guidanceWidth = network.guidanceWidth();
      Optional<Expr> guidance =
          guidanceWidth > 0
              ? Optional.of(graph.input(GUIDANCE, DType.F32, Shape.of(ANY, guidanceWidth)))
              : Optional.empty();
      List<Expr> shares = new ArrayList<>();
      for (int level = 0; regional && level < network.levels(); level++) {
        shares.add(graph.input(shares(level), DType.F32, Shape.of(ANY, ANY, ANY)));
      }
      Weights at = weights.apply(adapters.declare(graph));
      TextConditioning all = new TextConditioning(context.to(compute), shares);
      List<Expr> beside = new ArrayList<>();
      for (int i = 0; i < references; i++) {
        Shape any = Shape.of(ANY, network.outChannels(), ANY, ANY);
        beside.add(graph.input(reference(i), DType.F32, any).to(compute));
      }
      DenoiserInputs inputs =
          new DenoiserInputs(x.to(compute), timesteps, all, told, guidance, beside);
      Expr y = network.stage(at, inputs, false);
      return List.of(y.to(DType.F32));
    };
  }

  private static AddedConditioning told(Graph graph, DenoiserNetwork network) {
    Expr pooled = graph.input("pooled", DType.F32, Shape.of(ANY, network.pooledWidth()));
    Shape sizes = Shape.of(ANY, AddedConditioning.SIZES);
    return new AddedConditioning(
        pooled,
        network.sized() ? Optional.of(graph.input("sizes", DType.F32, sizes)) : Optional.empty());
  }

  /** Input {@code x} [batch, 3, h, w] in [-1, 1]; outputs: mean and log-variance of latents. */
  public static Network.Staging encoder(AutoencoderNetwork network, DType compute) {
    return (graph, weights) -> {
      Expr x = graph.input("x", DType.F32, Shape.of(ANY, network.inChannels(), ANY, ANY));
      LatentMoments moments = network.encode(weights.apply(SiteAdapters.NONE), x.to(compute));
      return List.of(moments.mean().to(DType.F32), moments.logVariance().to(DType.F32));
    };
  }

  /** Input {@code z} [batch, latent, h, w]; output: pictures [batch, 3, h, w] about in [-1, 1]. */
  public static Network.Staging decoder(AutoencoderNetwork network, DType compute) {
    return (graph, weights) -> {
      Expr z = graph.input("z", DType.F32, Shape.of(ANY, network.latentChannels(), ANY, ANY));
      Weights at = weights.apply(SiteAdapters.NONE);
      return List.of(network.decode(at, z.to(compute)).to(DType.F32));
    };
  }
}
