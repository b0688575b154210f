package dev.lora4j.diffusion.style;

import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.denoiser.ArrangedTexts;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Captions in a training program: encoded before it, or by text encoders within it that are
 * trained.
 *
 * @param context [batch, tokens, width], in the type to compute in
 * @param pooled [batch, width] if the denoiser takes it
 */
record StagedCaptions(Expr context, Optional<Expr> pooled) {
  /** Suffixes of the names of inputs: tokens, positions of the conditioning, ends. */
  static final String IDS = "_ids";

  static final String KEPT = "_kept";
  static final String END = "_end";

  private static final long ANY = Shape.UNKNOWN;

  /** Declares {@code context} and {@code pooled} as inputs. */
  static StagedCaptions encoded(Graph graph, DiffusionModel model) {
    return encoded(graph, model, "");
  }

  /** Declares others, with a prefix before the names of the inputs. */
  static StagedCaptions encoded(Graph graph, DiffusionModel model, String prefix) {
    DType compute = model.compute();
    Shape words = Shape.of(ANY, ANY, model.denoiser().crossAttentionDim());
    Expr context = graph.input(prefix + "context", DType.F32, words).to(compute);
    Optional<Expr> pooled = Optional.empty();
    if (model.pools()) {
      long width = model.denoiser().pooledWidth();
      pooled =
          Optional.of(graph.input(prefix + "pooled", DType.F32, Shape.of(ANY, width)).to(compute));
    }
    return new StagedCaptions(context, pooled);
  }

  /** Declares the tokens of each encoder as inputs, and stages the encoders. */
  static StagedCaptions trained(
      Graph graph, DiffusionModel model, LayerAdapters adapters, StyleSettings settings) {
    DType compute = model.compute();
    int chunks = settings.captionChunks();
    List<ArrangedTexts.One> each = new ArrayList<>();
    for (int e = 0; e < model.textEncoders().size(); e++) {
      TextEncoder encoder = model.textEncoders().get(e);
      TextArrangement.Part part = model.arrangement().parts().get(e);
      String name = encoder.model();
      Expr ids = graph.input(name + IDS, DType.I64, Shape.of(ANY, ANY));
      Optional<Expr> kept =
          chunks > 1
              ? Optional.of(graph.input(name + KEPT, DType.I64, Shape.of(ANY)))
              : Optional.empty();
      FrozenWeights frozen =
          new FrozenWeights(compute, StyleProgram.prefix(name), encoder.weights().forms());
      Weights weights = Weights.of(graph, name, frozen, adapters);
      Optional<Expr> end =
          part.endsCount(encoder.network())
              ? Optional.of(graph.input(name + END, DType.I64, Shape.of(ANY)))
              : Optional.empty();
      HiddenView view = part.view(settings.clipSkip());
      ArrangedTexts.One one =
          ArrangedTexts.One.staged(
              part,
              encoder.network(),
              weights,
              new TextEncoderInputs(ids, end, Optional.empty()),
              compute,
              view);
      each.add(kept.map(k -> joined(one, k, chunks)).orElse(one));
    }
    ArrangedTexts all =
        ArrangedTexts.of(model.arrangement(), model.denoiser().crossAttentionDim(), each);
    return new StagedCaptions(all.context(), all.pooled());
  }

  /** The chunks of each caption one after the other, with the pooled text of the first. */
  private static ArrangedTexts.One joined(ArrangedTexts.One one, Expr kept, int chunks) {
    return new ArrangedTexts.One(
        joined(one.hidden(), kept, chunks), one.pooled().map(all -> first(all, chunks)));
  }

  /**
   * The chunks of each caption one after the other.
   *
   * @param hidden [batch * chunks, tokens, width]
   * @param kept positions of all chunks that count
   * @return [batch, kept, width]
   */
  private static Expr joined(Expr hidden, Expr kept, int chunks) {
    Expr apart = hidden.reshape(Dim.of(-1), Dim.of(chunks), hidden.dim(1), hidden.dim(2));
    return apart.reshape(apart.dim(0), Dim.of(-1), hidden.dim(2)).indexSelect(1, kept);
  }

  /** Output for the first chunk of each caption, [batch, width] of [batch * chunks, width]. */
  private static Expr first(Expr all, int chunks) {
    return all.reshape(Dim.of(-1), Dim.of(chunks), all.dim(1)).select(1, 0);
  }
}
