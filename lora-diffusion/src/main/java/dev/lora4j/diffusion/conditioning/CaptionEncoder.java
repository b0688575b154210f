package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a base's text encoders over captions. */
public final class CaptionEncoder {
  private final DiffusionModel base;
  private final Encoders encoders;
  private final List<PromptTokenizer> tokenizers;

  /** Runs a text encoder. */
  @FunctionalInterface
  private interface Encoders {
    List<Tensor> run(Scope work, TextEncoder encoder, HiddenView view, Map<String, Tensor> data);
  }

  /** Encodes by the text encoders of a base, with its tokenisers in their order. */
  public CaptionEncoder(
      DiffusionModel base, TextEncoderPrograms programs, List<PromptTokenizer> tokenizers) {
    this.base = base;
    this.tokenizers = tokenizers;
    encoders =
        (work, encoder, view, data) ->
            programs.of(encoder, view).run(work, encoder.weights(), data);
  }

  /** Encodes by the text encoders of a base with adapters. */
  public CaptionEncoder(DiffusionModel base, TextMix mix, List<PromptTokenizer> tokenizers) {
    this.base = base;
    this.tokenizers = tokenizers;
    encoders = mix::run;
  }

  /**
   * Encodes captions.
   *
   * @param clipSkip as in {@link dev.lora4j.core.model.text.HiddenLayer}
   * @param chunks as in {@link CaptionTokens}
   */
  public List<EncodedCaption> encode(Scope scope, List<String> captions, int clipSkip, int chunks) {
    List<TextArrangement.Part> parts = base.arrangement().parts();
    int[] tokens = new int[base.arrangement().stretches()];
    for (int e = 0; e < tokenizers.size(); e++) {
      if (!parts.get(e).words()) {
        continue;
      }
      tokens[parts.get(e).stretch()] = CaptionTokens.kept(tokenizers.get(e), chunks).length;
    }
    ContextLayout layout = new ContextLayout(base, tokens);
    List<float[]> contexts = new ArrayList<>();
    List<float[]> pooled = new ArrayList<>();
    for (int row = 0; row < captions.size(); row++) {
      contexts.add(layout.zeros(1));
      pooled.add(new float[0]);
    }
    for (int e = 0; e < tokenizers.size(); e++) {
      int hidden = parts.get(e).width(base.textEncoders().get(e).network());
      try (Scope work = scope.child("captions")) {
        CaptionTokens cut = CaptionTokens.of(work, tokenizers.get(e), captions, chunks);
        List<Tensor> seen = run(work, e, cut, clipSkip);
        float[] all = seen.get(0).floats();
        int[] kept = CaptionTokens.kept(tokenizers.get(e), chunks);
        int places = all.length / hidden / captions.size();
        long[] ends = cut.ends().longs();
        for (int row = 0; row < captions.size(); row++) {
          for (int t = 0; t < kept.length && parts.get(e).words(); t++) {
            if (parts.get(e).ends() && kept[t] > ends[row * chunks]) {
              break;
            }
            int from = (row * places + kept[t]) * hidden;
            System.arraycopy(all, from, contexts.get(row), layout.at(e, t), hidden);
          }
        }
        if (parts.get(e).output() == TextArrangement.Output.END) {
          for (int row = 0; row < captions.size(); row++) {
            int from = (row * places + Math.toIntExact(ends[row * chunks])) * hidden;
            float[] own = Arrays.copyOfRange(all, from, from + hidden);
            pooled.set(row, Conditioning.joined(pooled.get(row), own));
          }
        } else if (parts.get(e).pooled()) {
          float[] texts = seen.get(1).floats();
          int ofText = texts.length / captions.size() / chunks;
          for (int row = 0; row < captions.size(); row++) {
            float[] own = CaptionTokens.row(texts, row * chunks, ofText); // the first chunk's
            pooled.set(row, Conditioning.joined(pooled.get(row), own));
          }
        }
      }
    }
    List<EncodedCaption> encoded = new ArrayList<>();
    for (int row = 0; row < captions.size(); row++) {
      encoded.add(new EncodedCaption(contexts.get(row), pooled.get(row)));
    }
    return encoded;
  }

  private List<Tensor> run(Scope work, int index, CaptionTokens tokens, int clipSkip) {
    TextEncoder encoder = base.textEncoders().get(index);
    Map<String, Tensor> data = new HashMap<>(Map.of("ids", tokens.ids()));
    if (StagedNetworks.takesEnds(encoder.network())) {
      data.put("end", tokens.ends());
    }
    HiddenView view = base.arrangement().parts().get(index).view(clipSkip);
    return encoders.run(work, encoder, view, data);
  }
}
