package dev.lora4j.diffusion.style;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.CaptionTokens;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Captions of a data set, encoded before the program or, by encoders that are trained, in it. */
final class StyleInputs implements CaptionInputs {
  private final StableDiffusion base;
  private final EncodedCaptions captions;
  private final boolean encoders;
  private final int chunks;

  /**
   * @param captions what captions become, if no text encoder is trained
   * @param encoders whether the text encoders are in the program
   */
  StyleInputs(StableDiffusion base, EncodedCaptions captions, boolean encoders) {
    this(base, captions, encoders, 1);
  }

  /**
   * With captions in chunks.
   *
   * @param chunks of each caption, where the encoders are in the program
   */
  StyleInputs(StableDiffusion base, EncodedCaptions captions, boolean encoders, int chunks) {
    this.chunks = chunks;
    this.base = base;
    this.captions = captions;
    this.encoders = encoders;
  }

  @Override
  public List<Tensor> of(Scope scope, List<TrainingSample> batch) {
    List<String> texts = batch.stream().map(TrainingSample::caption).toList();
    List<Tensor> inputs = new ArrayList<>();
    if (encoders) {
      for (int i = 0; i < base.tokenizers().size(); i++) {
        PromptTokenizer tokenizer = base.tokenizers().get(i);
        CaptionTokens tokens = CaptionTokens.of(scope, tokenizer, texts, chunks);
        inputs.add(tokens.ids());
        if (chunks > 1) {
          long[] kept =
              IntStream.of(CaptionTokens.kept(tokenizer, chunks)).asLongStream().toArray();
          inputs.add(Tensor.ofLongs(scope, Shape.of(kept.length), kept));
        }
        TextEncoderNetwork encoder = base.base().textEncoders().get(i).network();
        if (base.base().arrangement().parts().get(i).endsCount(encoder)) {
          inputs.add(tokens.ends());
        }
      }
    } else {
      inputs.addAll(encoded(scope, base.base(), batch.stream().map(captions::of).toList()));
    }
    if (base.base().xl()) {
      float[] sizes = stacked(batch.stream().map(s -> s.sizes().added()).toList());
      inputs.add(Tensor.of(scope, Shape.of(batch.size(), AddedConditioning.SIZES), sizes));
    }
    return inputs;
  }

  /** Encoded captions as inputs: {@code context}, and {@code pooled} if the denoiser takes it. */
  static List<Tensor> encoded(Scope scope, DiffusionModel model, List<EncodedCaption> rows) {
    List<Tensor> inputs = new ArrayList<>();
    long width = model.denoiser().crossAttentionDim();
    float[] context = stacked(rows.stream().map(EncodedCaption::context).toList());
    long tokens = context.length / rows.size() / width;
    inputs.add(Tensor.of(scope, Shape.of(rows.size(), tokens, width), context));
    if (model.pools()) {
      float[] pooled = stacked(rows.stream().map(EncodedCaption::pooled).toList());
      inputs.add(Tensor.of(scope, Shape.of(rows.size(), pooled.length / rows.size()), pooled));
    }
    return inputs;
  }

  private static float[] stacked(List<float[]> rows) {
    int width = rows.get(0).length;
    float[] all = new float[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * width, width);
    }
    return all;
  }
}
