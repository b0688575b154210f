package dev.lora4j.bench.families;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.nio.file.Path;
import java.util.List;

/** Ours: a recording through the encoder, and the first token of its text. */
final class OurSpeechEncoding implements Contender {
  private final LanguageModel model;
  private final GenerationRequest request;

  OurSpeechEncoding(Engine engine, Path folder) {
    model =
        LanguageModel.openForFeatures(
            engine.scope("hearing"), folder, TextLoadOptions.in(DType.F32));
    int start = ((Seq2SeqNetwork) model.network()).start();
    request =
        GenerationRequest.greedy(new int[] {start}, 1, MixPlan.NONE)
            .features(new FormulaSpectrum());
  }

  private GeneratedTokens hear() {
    try (Scope work = model.scope().child("hear")) {
      return new TextGenerator(model.programs()).generate(work, List.of(request)).get(0);
    }
  }

  @Override
  public String name() {
    return "ours";
  }

  /** The token. */
  @Override
  public double[] check() {
    return new double[] {hear().added()[0]};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::hear);
  }

  @Override
  public void close() {
    model.close();
  }
}
