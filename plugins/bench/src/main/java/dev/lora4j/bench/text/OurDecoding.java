package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.CausalPrograms;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ours: completions of prompts, each with its adapter if there are any. */
final class OurDecoding implements Contender {
  private final Scope scope;
  private final CausalPrograms programs;
  private final DecodingSetting setting;
  private final List<MixPlan> mixes = new ArrayList<>();

  /**
   * @param adapted whether each row has an adapter
   */
  OurDecoding(Engine engine, Path model, DecodingSetting setting, boolean adapted) {
    this.setting = setting;
    scope = engine.scope("decoding");
    TextModel base = TextModel.load(scope, model, setting.type());
    programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    for (int row = 0; row < setting.rows(); row++) {
      mixes.add(
          adapted ? MixPlan.of(ModelOfChance.adapter(base.sites().all(), row), 1) : MixPlan.NONE);
    }
  }

  private List<GeneratedTokens> generate() {
    return generate(setting.tokens(), LogProbabilities.NONE);
  }

  private List<GeneratedTokens> generate(int tokens, LogProbabilities asked) {
    List<GenerationRequest> starts = new ArrayList<>();
    for (int row = 0; row < setting.rows(); row++) {
      int[] prompt = setting.model().ids(row, setting.prompt());
      starts.add(GenerationRequest.greedy(prompt, tokens, mixes.get(row)).logProbabilities(asked));
    }
    try (Scope work = scope.child("generate")) {
      return new TextGenerator(programs).generate(work, starts);
    }
  }

  @Override
  public String name() {
    return mixes.stream().anyMatch(m -> !m.parts().isEmpty()) ? "an adapter for each row" : "ours";
  }

  /**
   * The first tokens; later ones depend on how the last bits are rounded. In BF16 their
   * log-probabilities: among many tokens several are the likeliest there.
   */
  @Override
  public double[] check() {
    if (setting.type() == DType.BF16) {
      return generate(1, LogProbabilities.likeliest(0)).stream()
          .mapToDouble(g -> g.choices().get(0).chosen().value())
          .toArray();
    }
    return generate().stream().mapToDouble(g -> g.added()[0]).toArray();
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::generate);
  }

  @Override
  public void close() {
    scope.close();
  }
}
