package dev.lora4j.bench.families;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A program that goes on from a prompt and reports its first token. */
public final class FirstToken {
  /** Line that both sides print. */
  static final String DONE = "first token";

  /** Tokens of the prompt. */
  static final int PROMPT = 16;

  private FirstToken() {}

  /** The arguments are the model's folder, and the prompt's ids with commas between them. */
  public static void main(String... arguments) {
    int[] prompt = Arrays.stream(arguments[1].split(",", -1)).mapToInt(Integer::parseInt).toArray();
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
        LanguageModel model = LanguageModel.open(lora, Path.of(arguments[0]));
        Scope work = model.scope().child("first token")) {
      new TextGenerator(model.programs())
          .generate(work, List.of(GenerationRequest.greedy(prompt, 1, MixPlan.NONE)));
      System.out.println(DONE);
      System.out.flush();
    }
  }
}
