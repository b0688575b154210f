package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.OptionalInt;

/**
 * A decoder with a classification head on a text's last token: one layer without a bias, as
 * transformers' {@code ForSequenceClassification} has it for GPT-2 and LLaMA.
 *
 * <p>The last token is the last that is not {@code padId}, whatever its meaning, as in
 * transformers; without such an id it is the last one. So a text has the same classes alone and
 * beside others, where transformers takes one text at a time.
 *
 * @param decoder all but the head
 * @param width of a token's vector
 * @param labels names of the classes
 * @param padId the configuration's {@code pad_token_id}
 */
public record LastTokenClassifier(
    CausalNetwork decoder, int width, List<String> labels, OptionalInt padId)
    implements EncoderNetwork {
  private static final String HEAD = "score";

  /** Copies its list. */
  public LastTokenClassifier {
    labels = List.copyOf(labels);
  }

  /** Around a decoder, with the padding of its configuration. */
  public static LastTokenClassifier of(
      CausalNetwork decoder, int width, List<String> labels, ConfigFile config) {
    OptionalInt pad =
        config.has("pad_token_id")
            ? OptionalInt.of(config.integer("pad_token_id"))
            : OptionalInt.empty();
    return new LastTokenClassifier(decoder, width, labels, pad);
  }

  @Override
  public int vocabulary() {
    return decoder.vocabulary();
  }

  @Override
  public int longest() {
    return decoder.longest();
  }

  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(HEAD + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    return decoder.hidden(weights, tokens.tokens(), AttentionCache.WHOLE, compute);
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("decoders have no pooler");
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    Expr ids = tokens.tokens().ids();
    Expr counted =
        padId.isPresent() ? tokens.present().and(ids.ne(padId.getAsInt())) : tokens.present();
    Expr places = Constants.arange(ids.graph(), DType.I64, ids.dim(1));
    Expr last = counted.to(DType.I64).mul(places).argmax(1);
    Expr vector = hidden.takeAlong(1, last.unsqueeze(1).unsqueeze(2)).select(1, 0);
    return weights.linear(HEAD, vector, labels.size(), false);
  }
}
