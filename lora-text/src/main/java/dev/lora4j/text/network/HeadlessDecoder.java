package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * A decoder without a head, as transformers' {@code AutoModel} has it: each token's vector tells of
 * it and of those before it, so that the last one tells of the whole text.
 *
 * @param decoder all of it
 * @param level around the decoder where it has a head, with a dot; its weights are without it
 * @param width of a token's vector
 */
public record HeadlessDecoder(CausalNetwork decoder, String level, int width)
    implements EncoderNetwork {
  @Override
  public int vocabulary() {
    return decoder.vocabulary();
  }

  @Override
  public int longest() {
    return decoder.longest();
  }

  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public boolean pooler() {
    return false;
  }

  @Override
  public boolean ofHead(String weight) {
    return false;
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    return decoder.hidden(weights.without(level), tokens.tokens(), AttentionCache.WHOLE, compute);
  }

  /** {@inheritDoc} Always fails, as there is no pooler. */
  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    throw new IllegalStateException("decoders have no pooler");
  }

  /** {@inheritDoc} Always fails, as there is no head. */
  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    throw new IllegalStateException("a decoder without a head has no classes");
  }
}
