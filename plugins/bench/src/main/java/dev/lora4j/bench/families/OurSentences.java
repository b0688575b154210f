package dev.lora4j.bench.families;

import dev.lora4j.bench.Contender;
import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Ours: embeddings of texts, the mean of their tokens. */
final class OurSentences implements Contender {
  /** Texts of a unit. */
  static final int TEXTS = 32;

  /** Tokens of each. */
  static final int TOKENS = 64;

  private final SentenceEncoder model;
  private final List<EncoderText> texts;

  OurSentences(Engine engine, Path folder) {
    model = SentenceEncoder.open(engine.scope("sentences"), folder, TextLoadOptions.in(DType.F32));
    texts =
        IntStream.range(0, TEXTS)
            .mapToObj(row -> EncoderText.of(ModelOfChance.MINILM.ids(row, TOKENS)))
            .toList();
  }

  @Override
  public String name() {
    return "ours";
  }

  /** The embedding of the last text. */
  @Override
  public double[] check() {
    float[] last = model.encode(texts).get(TEXTS - 1);
    return IntStream.range(0, last.length).mapToDouble(i -> last[i]).toArray();
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> model.encode(texts));
  }

  @Override
  public void close() {
    model.close();
  }
}
