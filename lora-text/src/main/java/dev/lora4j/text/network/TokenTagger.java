package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * A network with a head that tells the class of each token: one layer with a bias, as transformers'
 * {@code ForTokenClassification} has it.
 *
 * @param body all but the head: a decoder, or an encoder without a head of its own
 * @param head name of the layer
 * @param width of a token's vector
 * @param labels names of the classes
 */
public record TokenTagger(LanguageNetwork body, String head, int width, List<String> labels)
    implements EncoderNetwork {
  /** Copies its list, and refuses bodies that make no vectors of tokens. */
  public TokenTagger {
    labels = List.copyOf(labels);
    boolean encoder = body instanceof EncoderNetwork own && own.labels().isEmpty();
    if (!encoder && !(body instanceof CausalNetwork)) {
      throw new IllegalArgumentException(
          "A head for tokens is on a decoder or on an encoder without a head.");
    }
  }

  @Override
  public boolean perToken() {
    return true;
  }

  @Override
  public int vocabulary() {
    return body.vocabulary();
  }

  @Override
  public int longest() {
    return body.longest();
  }

  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return weight.startsWith(head + ".");
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    return body instanceof EncoderNetwork encoder
        ? encoder.hidden(weights, tokens, compute)
        : ((CausalNetwork) body).hidden(weights, tokens.tokens(), AttentionCache.WHOLE, compute);
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("networks that tell classes of tokens have no pooler");
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    return weights.linear(head, hidden, labels.size());
  }
}
