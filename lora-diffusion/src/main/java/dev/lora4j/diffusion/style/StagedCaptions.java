package dev.lora4j.diffusion.style;

import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
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
    List<Expr> contexts = new ArrayList<>();
    List<Expr> pooled = new ArrayList<>();
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
      boolean ending = part.output() == TextArrangement.Output.END;
      boolean told = (part.pooled() && !ending) || encoder.network().masksPadding();
      TextEncoderInputs tokens =
          new TextEncoderInputs(ids, told ? end : Optional.empty(), Optional.empty());
      HiddenView view = part.view(settings.clipSkip());
      EncodedText seen = encoder.network().stage(weights, tokens, compute, view);
      Expr hidden = part.ends() ? upTo(seen.hidden(), end.orElseThrow()) : seen.hidden();
      contexts.add(kept.map(k -> joined(hidden, k, chunks)).orElse(hidden));
      if (part.pooled()) {
        Expr all = ending ? ends(hidden, end.orElseThrow()) : seen.pooled().orElseThrow();
        pooled.add(chunks > 1 ? first(all, chunks) : all);
      }
    }
    Optional<Expr> told = pooled.isEmpty() ? Optional.empty() : Optional.of(joined(pooled, -1));
    return new StagedCaptions(arranged(model, contexts), told);
  }

  /**
   * The text conditioning of the encoders' outputs.
   *
   * @param contexts of each encoder, [batch, tokens, its width]
   * @return [batch, all tokens, width]
   */
  private static Expr arranged(DiffusionModel model, List<Expr> contexts) {
    TextArrangement arrangement = model.arrangement();
    int width = model.denoiser().crossAttentionDim();
    List<Expr> stretches = new ArrayList<>();
    for (int number = 0; number < arrangement.stretches(); number++) {
      List<Expr> beside = new ArrayList<>();
      for (int e = 0; e < contexts.size(); e++) {
        TextArrangement.Part part = arrangement.parts().get(e);
        if (part.words() && part.stretch() == number) {
          beside.add(contexts.get(e));
        }
      }
      Expr stretch = joined(beside, -1);
      int missing = width - Math.toIntExact(stretch.shape().size(2));
      stretches.add(missing == 0 ? stretch : stretch.pad(0, 0, missing));
    }
    Expr all = joined(stretches, 1);
    int empty = arrangement.emptyTokens();
    return empty == 0 ? all : all.pad(0, 0, 0, 0, empty);
  }

  private static Expr joined(List<Expr> parts, int d) {
    return parts.size() == 1 ? parts.get(0) : ShapeOps.cat(parts, d);
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

  /** Zeros for the hidden states behind the ends of texts. */
  private static Expr upTo(Expr hidden, Expr end) {
    Expr places = Constants.arange(hidden.graph(), DType.I64, hidden.dim(1));
    Expr text = places.unsqueeze(0).le(end.unsqueeze(1));
    return hidden.mul(text.to(hidden.dtype()).unsqueeze(-1));
  }

  /** Hidden states at the ends of texts, [batch, width] of [batch, tokens, width]. */
  private static Expr ends(Expr hidden, Expr end) {
    return hidden.takeAlong(1, end.reshape(-1, 1, 1)).reshape(-1, hidden.shape().size(2));
  }

  /** Output for the first chunk of each caption, [batch, width] of [batch * chunks, width]. */
  private static Expr first(Expr all, int chunks) {
    return all.reshape(Dim.of(-1), Dim.of(chunks), all.dim(1)).select(1, 0);
  }
}
