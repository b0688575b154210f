package dev.lora4j.text.llama;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.chat.ChatFrame;
import dev.lora4j.text.llama.LlamaConfig.Scales;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.PaddedTexts;
import dev.lora4j.text.network.TokenInputs;
import dev.lora4j.text.token.PaddedTokenizer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * A decoder for the prompts of pictures, such as Qwen2: the hidden states of its layers, without
 * the head. No token attends to what is behind the end of a text, if that is given; otherwise
 * padding, which comes last, attends to what is before it.
 */
public record LlamaTextEncoder(LlamaConfig config) implements TextEncoderNetwork {
  /** Tokens of a prompt, unless the model takes fewer. */
  private static final int PLACES = 512;

  private static final String MODEL = "model.";

  @Override
  public int places() {
    return Math.min(PLACES, config.maxPositionEmbeddings());
  }

  @Override
  public int width() {
    return config.hiddenSize();
  }

  @Override
  public boolean masksPadding() {
    return true;
  }

  @Override
  public EncodedText stage(
      Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view) {
    Llama network = new Llama(config);
    Expr ids = tokens.ids();
    Expr embedded = tokens.embedded(network.embedded(weights, ids, compute));
    Expr places = Constants.arange(ids.graph(), DType.I64, ids.dim(1));
    TokenInputs all = new TokenInputs(ids, places.unsqueeze(0));
    AttentionCache attention =
        tokens.end().<AttentionCache>map(PaddedTexts::new).orElse(AttentionCache.WHOLE);
    return EncodedText.of(network.hidden(weights, embedded, all, attention, view));
  }

  /** A model without a head is saved without the level {@code model}. */
  @Override
  public List<String> names(String weight) {
    return weight.startsWith(MODEL)
        ? List.of(weight, weight.substring(MODEL.length()))
        : List.of(weight);
  }

  /** Buffers, and the head. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith("rotary_emb.inv_freq") || tensor.equals("lm_head.weight");
  }

  @Override
  public PromptTokenizer tokenizer(Path folder) {
    return PaddedTokenizer.load(folder, places(), config.vocabSize());
  }

  @Override
  public PromptTokenizer tokenizer(Path folder, PromptFrame frame) {
    return frame
        .chat()
        .<PromptTokenizer>map(
            switches ->
                PaddedTokenizer.load(
                    folder,
                    places(),
                    config.vocabSize(),
                    words -> ChatFrame.around(words, switches)))
        .orElseGet(() -> tokenizer(folder));
  }

  @Override
  public String canonical() {
    Scales scales = config.scales();
    return CanonicalForm.of("LlamaTextEncoder")
        .with("vocabSize", config.vocabSize())
        .with("hiddenSize", config.hiddenSize())
        .with("intermediateSize", config.intermediateSize())
        .with("numHiddenLayers", config.numHiddenLayers())
        .with("numAttentionHeads", config.numAttentionHeads())
        .with("numKeyValueHeads", config.numKeyValueHeads())
        .with("headDim", config.headDim())
        .with("maxPositionEmbeddings", config.maxPositionEmbeddings())
        .with("rmsNormEps", config.rmsNormEps())
        .with("rope", config.rope().frequencies().stream().map(Float::doubleValue).toList())
        .with("ropeScale", config.rope().scale())
        .with("windows", config.slidingWindow().stream().map(w -> w.window().orElse(0)).toList())
        .with("inputBias", config.bias().inputs())
        .with("outputBias", config.bias().output())
        .with("feedForwardBias", config.bias().feedForward())
        .with("headNorm", config.headNorm())
        .with("turned", config.turned(), Collections.nCopies(config.turned().size(), true))
        .with("embeddingScale", scales.embedding(), 1.0)
        .with("residualScale", scales.residual(), 1.0)
        .with("attentionScale", scales.attention().orElse(0), 0.0)
        .text();
  }
}
