package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Texts that encoders of a program have read, arranged as a denoiser takes them.
 *
 * @param context [batch, tokens, width]
 * @param pooled pooled texts side by side, [batch, width], if encoders give them
 */
public record ArrangedTexts(Expr context, Optional<Expr> pooled) {
  /**
   * What is taken of one encoder.
   *
   * @param hidden [batch, tokens, width of the encoder]
   * @param pooled [batch, width], if it gives a pooled text
   */
  public record One(Expr hidden, Optional<Expr> pooled) {
    /**
     * Stages an encoder.
     *
     * @param part its place
     * @param tokens with the ends of texts if {@link TextArrangement.Part#endsCount}
     * @param compute the type to compute in
     */
    public static One staged(
        TextArrangement.Part part,
        TextEncoderNetwork encoder,
        Weights weights,
        TextEncoderInputs tokens,
        DType compute,
        HiddenView view) {
      boolean ending = part.output() == TextArrangement.Output.END;
      boolean told = (part.pooled() && !ending) || encoder.masksPadding();
      Optional<Expr> end = tokens.end();
      TextEncoderInputs seenBy =
          new TextEncoderInputs(tokens.ids(), told ? end : Optional.empty(), tokens.replaced());
      EncodedText seen = encoder.stage(weights, seenBy, compute, view);
      Expr hidden = part.ends() ? upTo(seen.hidden(), end.orElseThrow()) : seen.hidden();
      if (!part.pooled()) {
        return new One(hidden, Optional.empty());
      }
      Expr pooled = ending ? ends(hidden, end.orElseThrow()) : seen.pooled().orElseThrow();
      return new One(hidden, Optional.of(pooled));
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
  }

  /**
   * Arranges what is taken of all encoders.
   *
   * @param width of the conditioning of the denoiser
   * @param each one for each part of the arrangement
   */
  public static ArrangedTexts of(TextArrangement arrangement, int width, List<One> each) {
    List<Expr> stretches = new ArrayList<>();
    for (int number = 0; number < arrangement.stretches(); number++) {
      List<Expr> beside = new ArrayList<>();
      for (int e = 0; e < each.size(); e++) {
        TextArrangement.Part part = arrangement.parts().get(e);
        if (part.words() && part.stretch() == number) {
          beside.add(each.get(e).hidden());
        }
      }
      Expr stretch = joined(beside, -1);
      int missing = width - Math.toIntExact(stretch.shape().size(2));
      stretches.add(missing == 0 ? stretch : stretch.pad(0, 0, missing));
    }
    Expr all = joined(stretches, 1);
    int empty = arrangement.emptyTokens();
    List<Expr> pooled = each.stream().flatMap(one -> one.pooled().stream()).toList();
    return new ArrangedTexts(
        empty == 0 ? all : all.pad(0, 0, 0, 0, empty),
        pooled.isEmpty() ? Optional.empty() : Optional.of(joined(pooled, -1)));
  }

  private static Expr joined(List<Expr> parts, int d) {
    return parts.size() == 1 ? parts.get(0) : ShapeOps.cat(parts, d);
  }
}
