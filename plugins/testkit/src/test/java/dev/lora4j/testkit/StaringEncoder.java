package dev.lora4j.testkit;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;

/** An encoder that takes padding for tokens. */
record StaringEncoder(EncoderNetwork sound) implements EncoderNetwork {
  @Override
  public int vocabulary() {
    return sound.vocabulary();
  }

  @Override
  public int longest() {
    return sound.longest();
  }

  @Override
  public int width() {
    return sound.width();
  }

  @Override
  public List<String> labels() {
    return sound.labels();
  }

  @Override
  public boolean pooler() {
    return sound.pooler();
  }

  @Override
  public boolean ofHead(String weight) {
    return sound.ofHead(weight);
  }

  @Override
  public boolean optional(String weight) {
    return sound.optional(weight);
  }

  @Override
  public Expr hidden(Weights weights, EncoderInputs tokens, DType compute) {
    Expr all = tokens.tokens().ids().ge(0);
    return sound.hidden(weights, new EncoderInputs(tokens.tokens(), tokens.types(), all), compute);
  }

  @Override
  public Expr pooled(Weights weights, Expr hidden) {
    return sound.pooled(weights, hidden);
  }

  @Override
  public Expr logits(Weights weights, EncoderInputs tokens, Expr hidden) {
    return sound.logits(weights, tokens, hidden);
  }
}
